declare const templateBrand: unique symbol;

/** Dimension of the platform's face templates. */
export const TEMPLATE_DIM = 192;

/**
 * A face template: what a named network made of a face. Only {@link makeTemplate} and its kin create one, so a value of
 * this type has passed the checks; templates of different models cannot be compared.
 */
export interface Template {
  readonly [templateBrand]: true;
  /** Network and preprocessing that made it, e.g. `mobilefacenet@3.0.4+prelu.1`. */
  readonly modelId: string;
  readonly dim: number;
  /** `dim` finite values, not all zero. */
  readonly values: Float32Array;
}

/** A template that is malformed, or two that must not be compared; the message never contains values. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/**
 * Checks and brands a template; the values are copied.
 * @param dim the expected length; templates of this platform have {@link TEMPLATE_DIM} values.
 * @throws {TemplateError} on an empty model id, a wrong length, a value that is not finite, or only zeros.
 */
export function makeTemplate(
  modelId: string,
  values: ArrayLike<number>,
  dim: number = TEMPLATE_DIM,
): Template {
  const template = { modelId, dim, values: Float32Array.from(values) } as Template;
  checkTemplate(template);
  return template;
}

/**
 * Cosine of the angle between two templates, −1 … 1; larger means more alike.
 * @throws {TemplateError} when either is malformed, or they come from different models or differ in length.
 */
export function compareTemplates(probe: Template, reference: Template): number {
  return cosineOf(probe, reference);
}

/** What every kind of template has. */
export type TemplateValues = Pick<Template, 'modelId' | 'dim' | 'values'>;

/** The checked cosine behind every comparison. @throws {TemplateError} as {@link compareTemplates} */
export function cosineOf(a: TemplateValues, b: TemplateValues): number {
  checkTemplate(a);
  checkTemplate(b);
  checkSameModel(a, b);
  let dot = 0;
  for (let i = 0; i < a.dim; i++) dot += (a.values[i] ?? NaN) * (b.values[i] ?? NaN);
  const cosine = dot / (norm(a.values) * norm(b.values));
  return Math.min(1, Math.max(-1, cosine));
}

/**
 * The direction half-way between several templates of one model: the mean of their unit vectors, scaled to length 1.
 * @throws {TemplateError} on an empty list, another model's template among them, or templates that cancel out.
 */
export function meanTemplate(templates: readonly Template[]): Template {
  const [first] = templates;
  if (!first) throw new TemplateError('the mean of no templates does not exist');
  const sum = new Float64Array(first.dim);
  for (const template of templates) {
    checkTemplate(template);
    checkSameModel(first, template);
    const length = norm(template.values);
    template.values.forEach((value, i) => (sum[i] = (sum[i] ?? NaN) + value / length));
  }
  const length = norm(sum);
  if (!(length > 1e-6)) throw new TemplateError('the templates cancel out');
  return makeTemplate(
    first.modelId,
    sum.map((value) => value / length),
    first.dim,
  );
}

function checkSameModel(a: TemplateValues, b: TemplateValues): void {
  if (a.modelId !== b.modelId || a.dim !== b.dim)
    throw new TemplateError(`templates of ${a.modelId} and ${b.modelId} are not comparable`);
}

/** @throws {TemplateError} on an empty model id, a wrong length, values that are not finite, or only zeros. */
export function checkTemplate({ modelId, dim, values }: TemplateValues): void {
  if (typeof modelId !== 'string' || modelId === '') throw new TemplateError('a template needs a model id');
  if (!(values instanceof Float32Array) || dim < 1 || values.length !== dim)
    throw new TemplateError(`a template of ${modelId} has the wrong length`);
  const length = norm(values);
  if (!Number.isFinite(length)) throw new TemplateError(`a template of ${modelId} is not finite`);
  if (!(length > 1e-6)) throw new TemplateError(`a template of ${modelId} is zero`);
}

function norm(values: Float32Array | Float64Array): number {
  let square = 0;
  for (const value of values) square += value * value;
  return Math.sqrt(square);
}
