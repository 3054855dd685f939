import * as tf from '@tensorflow/tfjs-core';
import { BackendUnavailableError, importOptional, type InferenceBackend } from './backend.js';

interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

interface Adapter {
  readonly info: AdapterInfo;
  readonly features: { has(feature: string): boolean };
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: {
    requiredFeatures: string[];
    requiredLimits: Record<string, number>;
  }): Promise<object>;
}

interface Dawn {
  create(flags: string[]): { requestAdapter(options: { powerPreference: string }): Promise<Adapter | null> };
  readonly globals: object;
}

interface WebGpuModule {
  readonly WebGPUBackend: new (device: object, info: AdapterInfo) => tf.KernelBackend;
}

/** The limits the kernels of tfjs-backend-webgpu size their work by. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

const SOFTWARE_ADAPTER = /llvmpipe|lavapipe|swiftshader|software|cpu/i;

/** Any GPU with a Vulkan driver, through Dawn. */
export class WebGpuBackend implements InferenceBackend {
  readonly name = 'webgpu';

  /** @param allowSoftware also accept a processor posing as a GPU: slower than `wasm`, of use only to check numbers. */
  constructor(private readonly allowSoftware = false) {}

  async activate(): Promise<void> {
    const dawn = await importOptional<Dawn>(this.name, 'webgpu');
    const { WebGPUBackend } = await importOptional<WebGpuModule>(
      this.name,
      '@tensorflow/tfjs-backend-webgpu',
    );
    Object.assign(globalThis, dawn.globals);
    const adapter = await dawn.create([]).requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new BackendUnavailableError(this.name, 'no adapter; is a Vulkan driver installed?');
    if (!this.allowSoftware && isSoftwareAdapter(adapter.info)) {
      throw new BackendUnavailableError(
        this.name,
        'only a software adapter was found, which is slower than wasm',
      );
    }
    const device = await adapter.requestDevice({
      requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
      requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit] ?? 0])),
    });
    // The package's own factory needs `navigator.gpu`, which Node does not have.
    tf.removeBackend(this.name);
    tf.registerBackend(this.name, () => new WebGPUBackend(device, adapter.info));
    if (!(await tf.setBackend(this.name)))
      throw new BackendUnavailableError(this.name, 'the back end did not start');
  }
}

/** Whether an adapter computes on the processor. */
export function isSoftwareAdapter(info: AdapterInfo): boolean {
  return (
    info.isFallbackAdapter === true ||
    SOFTWARE_ADAPTER.test([info.vendor, info.architecture, info.device, info.description].join(' '))
  );
}
