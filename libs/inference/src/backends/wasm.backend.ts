import '@tensorflow/tfjs-backend-wasm';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { BackendUnavailableError, type InferenceBackend } from './backend.js';
import { registerIntegerBatchMatMul } from './integer-batch-mat-mul.js';

/** WebAssembly with SIMD on one thread: more threads cost 2–7 times the processor time, so engines multiply instead. */
export class WasmBackend implements InferenceBackend {
  readonly name = 'wasm';

  async activate(): Promise<void> {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')))
      throw new BackendUnavailableError(this.name, 'this processor has no WebAssembly SIMD');
    setThreadsCount(1);
    registerIntegerBatchMatMul(this.name);
    if (!(await tf.setBackend(this.name)))
      throw new BackendUnavailableError(this.name, 'the WebAssembly module did not start');
  }
}
