import { checkTemplate, cosineOf, makeTemplate, type Template, TemplateError } from './template.js';

declare const protectedBrand: unique symbol;

/**
 * A template turned by a subject's secret (ISO/IEC 24745: a protected template). Only templates turned by the same key can be compared;
 * turned by another one, they are strangers.
 */
export interface ProtectedTemplate {
  readonly [protectedBrand]: true;
  readonly modelId: string;
  readonly dim: number;
  /** Names the key, and tells nothing of it. */
  readonly keyId: string;
  readonly values: Float32Array;
}

/** Bytes of key stream that a transform of `dim` dimensions is made of. */
export function transformBytes(dim: number): number {
  return 8 * Math.ceil(normalsOf(dim) / 2);
}

/**
 * A secret rotation or reflection of the template space, uniformly (Haar) distributed over all of them: the product of one Householder
 * reflection in each of the last n, n − 1, … 2 dimensions and a sign in the last one (Stewart, SIAM J. Numer. Anal. 17, 1980).
 * It keeps every cosine, and whoever lacks the key sees a direction that could be anybody's.
 */
export class TemplateTransform {
  private constructor(
    readonly keyId: string,
    readonly modelId: string,
    readonly dim: number,
    /** For k = dim … 2 one vector of k numbers, of length √2, so that a reflection is x − u(u·x). */
    private readonly reflections: Float64Array,
    private readonly lastSign: number,
  ) {}

  /**
   * Version 1, frozen by a golden vector: each 4 bytes (little endian) w are (w + ½)/2³² in (0, 1), each two of those a pair of
   * normals (Box–Muller: cosine first), and the next k normals, for k = dim … 1, point where reflection k takes its first axis.
   * @param stream of {@link transformBytes} bytes, secret and random
   * @throws RangeError on another length
   */
  static fromKeystream(keyId: string, modelId: string, dim: number, stream: Uint8Array): TemplateTransform {
    if (dim < 2 || stream.length !== transformBytes(dim))
      throw new RangeError('The key stream has the wrong length');
    const values = normals(stream);
    for (let k = dim, at = 0; k >= 2; at += k, k--) toReflection(values.subarray(at, at + k));
    return new TemplateTransform(keyId, modelId, dim, values, Math.sign(values[normalsOf(dim) - 1] ?? 1));
  }

  /** @throws TemplateError on a template of another model or length */
  protect(template: Template): ProtectedTemplate {
    checkTemplate(template);
    this.requireOwn(template);
    const x = Float64Array.from(template.values);
    x[this.dim - 1] = (x[this.dim - 1] ?? NaN) * this.lastSign;
    for (let k = 2, at = normalsOf(this.dim) - 1; k <= this.dim; k++)
      reflect(this.reflections, (at -= k), k, x);
    const { modelId, dim, keyId } = this;
    return { modelId, dim, keyId, values: Float32Array.from(x) } as ProtectedTemplate;
  }

  /** The template as it was before {@link protect}: to turn it by another key. @throws TemplateError when another key turned it */
  reveal(template: ProtectedTemplate): Template {
    checkTemplate(template);
    this.requireOwn(template);
    if (template.keyId !== this.keyId) throw new TemplateError('the template was turned by another key');
    const x = Float64Array.from(template.values);
    for (let k = this.dim, at = 0; k >= 2; at += k, k--) reflect(this.reflections, at, k, x);
    x[this.dim - 1] = (x[this.dim - 1] ?? NaN) * this.lastSign;
    return makeTemplate(this.modelId, x, this.dim);
  }

  private requireOwn({ modelId, dim }: { modelId: string; dim: number }): void {
    if (modelId !== this.modelId || dim !== this.dim)
      throw new TemplateError(`a transform for ${this.modelId} cannot turn a template of ${modelId}`);
  }
}

/**
 * Cosine of the angle between two protected templates, −1 … 1: the same as between the two before they were turned.
 * @throws {TemplateError} when either is malformed, or they differ in model, length or key.
 */
export function compareProtected(probe: ProtectedTemplate, reference: ProtectedTemplate): number {
  if (probe.keyId !== reference.keyId)
    throw new TemplateError('templates turned by different keys are not comparable');
  return cosineOf(probe, reference);
}

function normalsOf(dim: number): number {
  return (dim * (dim + 1)) / 2;
}

function normals(stream: Uint8Array): Float64Array {
  const words = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const uniform = (index: number): number => (words.getUint32(4 * index, true) + 0.5) / 2 ** 32;
  const values = new Float64Array(stream.byteLength / 4);
  for (let i = 0; i < values.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform(i)));
    const angle = 2 * Math.PI * uniform(i + 1);
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** Replaces `x` by the vector of the reflection that takes the first axis to the direction of `x`. */
function toReflection(x: Float64Array): void {
  const first = x[0] ?? NaN;
  let rest = 0;
  for (let i = 1; i < x.length; i++) rest += (x[i] ?? NaN) ** 2;
  const length = Math.sqrt(first * first + rest);
  // first − length, without the cancellation it has when the two are nearly alike.
  x[0] = first > 0 ? -rest / (first + length) : first - length;
  const square = rest + (x[0] ?? NaN) ** 2;
  const scale = square > 0 ? Math.sqrt(2 / square) : 0;
  for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? NaN) * scale;
}

/**
 * Reflects the last `k` numbers of `x` by the vector of `k` numbers that begins at `at`. Four sums instead of one, because each
 * addition to the same one would have to wait for the last.
 */
function reflect(vectors: Float64Array, at: number, k: number, x: Float64Array): void {
  const offset = x.length - k;
  const whole = k - (k % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += vectors[at + i]! * x[offset + i]!;
    b += vectors[at + i + 1]! * x[offset + i + 1]!;
    c += vectors[at + i + 2]! * x[offset + i + 2]!;
    d += vectors[at + i + 3]! * x[offset + i + 3]!;
  }
  for (let i = whole; i < k; i++) a += vectors[at + i]! * x[offset + i]!;
  const dot = a + b + (c + d);
  for (let i = 0; i < k; i++) x[offset + i]! -= dot * vectors[at + i]!;
}
