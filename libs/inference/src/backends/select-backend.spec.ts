import { BackendUnavailableError, type BackendName, type InferenceBackend } from './backend.js';
import { NoBackendError, selectBackend } from './select-backend.js';
import { TensorflowBackend } from './tensorflow.backend.js';
import { isSoftwareAdapter, WebGpuBackend } from './webgpu.backend.js';

const backend = (name: BackendName, problem?: Error): InferenceBackend => ({
  name,
  activate: () => (problem ? Promise.reject(problem) : Promise.resolve()),
});
const missing = (name: BackendName): InferenceBackend =>
  backend(name, new BackendUnavailableError(name, 'package x is not installed'));
const installed = (name: string): boolean => {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
};
const itWithout = (name: string): jest.It => (installed(name) ? it.skip : it);

describe('selectBackend', () => {
  it('takes the first that loads and passes the self-test, and says why others were passed over', async () => {
    const build = jest.fn((name: BackendName) =>
      name === 'webgpu' ? Promise.reject(new Error('output differs')) : Promise.resolve(`${name} engine`),
    );
    const selected = await selectBackend(build, {
      backends: [missing('tensorflow'), backend('webgpu'), backend('wasm')],
    });
    expect(selected).toEqual({
      name: 'wasm',
      engine: 'wasm engine',
      refused: [
        'inference back end tensorflow: package x is not installed',
        'inference back end webgpu: output differs',
      ],
    });
    expect(build.mock.calls.flat()).toEqual(['webgpu', 'wasm']);
  });

  it('tries only the one that is forced, even when another would work', async () => {
    const selection = selectBackend(() => Promise.resolve('engine'), {
      forced: 'webgpu',
      backends: [missing('webgpu'), backend('wasm')],
    });
    await expect(selection).rejects.toThrow(NoBackendError);
    await expect(selection).rejects.toThrow(/webgpu was asked for but cannot be used: .*not installed/);
  });

  it('fails when none passes', async () => {
    await expect(
      selectBackend(() => Promise.reject(new Error('differs')), { backends: [backend('wasm')] }),
    ).rejects.toThrow(/no inference back end .*differs/);
  });
});

describe('optional back ends', () => {
  itWithout('@tensorflow/tfjs-node-gpu')('tensorflow says that its package is not installed', async () => {
    await expect(new TensorflowBackend().activate()).rejects.toThrow(
      /@tensorflow\/tfjs-node-gpu is not installed/,
    );
  });

  itWithout('webgpu')('webgpu says that its package is not installed', async () => {
    await expect(new WebGpuBackend().activate()).rejects.toThrow(/webgpu is not installed/);
  });

  it.each([
    [{ vendor: 'mesa', description: 'llvmpipe (LLVM 19.1.7, 256 bits)' }, true],
    [{ vendor: 'google', architecture: 'swiftshader' }, true],
    [{ isFallbackAdapter: true }, true],
    [{ vendor: 'nvidia', architecture: 'hopper', device: '0x2330', description: 'NVIDIA H200' }, false],
  ])('tells a software adapter from a GPU: %j', (info, software) => {
    expect(isSoftwareAdapter(info)).toBe(software);
  });
});
