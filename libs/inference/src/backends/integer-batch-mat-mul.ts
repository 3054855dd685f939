import * as tf from '@tensorflow/tfjs-core';

const KERNEL = 'BatchMatMul';
const extended = new Set<string>();

/**
 * Lets a back end multiply int32 matrices, which the attention mesh needs and WebAssembly lacks: the product is
 * computed in float32 and cast back, exact for magnitudes below 2²⁴.
 */
export function registerIntegerBatchMatMul(backendName: string): void {
  const original = tf.getKernel(KERNEL, backendName);
  if (!original || extended.has(backendName)) return;
  extended.add(backendName);
  tf.unregisterKernel(KERNEL, backendName);
  tf.registerKernel({
    ...original,
    kernelFunc: (call) => {
      const { a, b } = call.inputs;
      if (a?.dtype !== 'int32' || b?.dtype !== 'int32') return original.kernelFunc(call);
      return multiplyAsFloats(original.kernelFunc, call);
    },
  });
}

type KernelCall = Parameters<tf.KernelFunc>[0];

function multiplyAsFloats(multiply: tf.KernelFunc, { inputs, backend, attrs }: KernelCall): tf.TensorInfo {
  const cast = (x: tf.TensorInfo, dtype: tf.DataType): tf.TensorInfo =>
    single(tf.getKernel('Cast', tf.getBackend())?.kernelFunc({ inputs: { x }, backend, attrs: { dtype } }));
  const dispose = (...tensors: tf.TensorInfo[]): void => {
    for (const { dataId } of tensors) (backend as tf.KernelBackend).disposeData(dataId);
  };
  const a = cast(required(inputs.a), 'float32');
  const b = cast(required(inputs.b), 'float32');
  const product = single(multiply({ inputs: { a, b }, backend, ...(attrs && { attrs }) }));
  const rounded = cast(product, 'int32');
  dispose(a, b, product);
  return rounded;
}

function single(result: tf.TensorInfo | tf.TensorInfo[] | undefined): tf.TensorInfo {
  if (!result || Array.isArray(result)) throw new Error('a kernel did not return one tensor');
  return result;
}

function required(tensor: tf.TensorInfo | undefined): tf.TensorInfo {
  if (!tensor) throw new Error('a kernel was called without its inputs');
  return tensor;
}
