import { createHash } from 'node:crypto';
import { decodeProtected, decodeTemplate, encodeProtected, encodeTemplate } from './template-codec.js';
import { compareTemplates, makeTemplate, type Template, TEMPLATE_DIM, TemplateError } from './template.js';
import { compareProtected, TemplateTransform, transformBytes } from './template-transform.js';

const MODEL = 'model@1';

/** `count` normal numbers, the same for the same seed. */
function normals(seed: string, count: number): number[] {
  const words = new Uint32Array(stream(seed, 8 * count).buffer);
  const uniform = (i: number) => ((words[i] ?? NaN) + 0.5) / 2 ** 32;
  return Array.from(
    { length: count },
    (_, i) => Math.sqrt(-2 * Math.log(uniform(2 * i))) * Math.cos(2 * Math.PI * uniform(2 * i + 1)),
  );
}

function stream(seed: string, bytes: number): Uint8Array {
  return Uint8Array.from(createHash('shake256', { outputLength: bytes }).update(seed).digest());
}

const stranger = (seed: number): Template => makeTemplate(MODEL, normals(`stranger ${seed}`, TEMPLATE_DIM));
const transform = (key: number, dim = TEMPLATE_DIM, model = MODEL): TemplateTransform =>
  TemplateTransform.fromKeystream(`key-${key}`, model, dim, stream(`key ${key}`, transformBytes(dim)));
/** What a comparison would give if keys were not told apart. */
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  compareTemplates(makeTemplate(MODEL, a), makeTemplate(MODEL, b));

/** Cumulative distribution of the cosine between two independent, uniformly distributed directions: density ∝ (1 − t²)^((dim − 3)/2). */
function strangersCdf(dim: number): (t: number) => number {
  const steps = 20_000;
  const sums = new Float64Array(steps + 1);
  for (let i = 1; i <= steps; i++)
    sums[i] = (sums[i - 1] ?? NaN) + (1 - (-1 + (2 * (i - 0.5)) / steps) ** 2) ** ((dim - 3) / 2);
  const total = sums[steps] ?? NaN;
  return (t) => (sums[Math.round(((t + 1) / 2) * steps)] ?? NaN) / total;
}

/** Kolmogorov–Smirnov: the largest distance of the sample's distribution from `cdf`. */
function distance(sample: readonly number[], cdf: (t: number) => number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return Math.max(
    ...sorted.map((t, i) =>
      Math.max(Math.abs(cdf(t) - i / sorted.length), Math.abs(cdf(t) - (i + 1) / sorted.length)),
    ),
  );
}
/** Of the distance, at a level of significance of 1 %. */
const criticalDistance = (n: number): number => 1.628 / Math.sqrt(n);

describe('a protected template', () => {
  it('scores as it did in clear, to 1e-6', () => {
    for (let pair = 0; pair < 200; pair++) {
      const one = stranger(pair);
      const noise = normals(`noise ${pair}`, TEMPLATE_DIM);
      const weight = (pair % 10) / 5;
      const other = makeTemplate(
        MODEL,
        one.values.map((value, i) => value + weight * (noise[i] ?? NaN)),
      );
      const turn = transform(pair % 8);
      expect(
        Math.abs(compareProtected(turn.protect(one), turn.protect(other)) - compareTemplates(one, other)),
      ).toBeLessThan(1e-6);
    }
  });

  it('comes back when its own key turns it back', () => {
    const turn = transform(1);
    const revealed = turn.reveal(turn.protect(stranger(1)));
    expect(compareTemplates(revealed, stranger(1))).toBeCloseTo(1, 9);
    expect(revealed.values[5]).toBeCloseTo(stranger(1).values[5] ?? NaN, 5);
  });

  it.each([2, 3, 5, 8])('is turned within %i dimensions, keeping its length', (dim) => {
    const values = normals('small', dim);
    const turned = transform(3, dim).protect(makeTemplate(MODEL, values, dim));
    const square = (numbers: ArrayLike<number>) =>
      Array.from(numbers).reduce((sum, value) => sum + value * value, 0);
    expect(square(turned.values)).toBeCloseTo(square(values), 5);
  });

  it('is never compared across keys, models or lengths, nor turned by a transform of another model', () => {
    const turned = transform(1).protect(stranger(1));
    expect(() => compareProtected(turned, transform(2).protect(stranger(1)))).toThrow(TemplateError);
    expect(() => transform(2).reveal(turned)).toThrow(/another key/);
    expect(() => transform(1, TEMPLATE_DIM, 'other@1').protect(stranger(1))).toThrow(TemplateError);
    expect(() => transform(1, 4).protect(stranger(1))).toThrow(TemplateError);
    const other = { ...turned, modelId: 'other@1' };
    expect(() => compareProtected(turned, other)).toThrow(/not comparable/);
    expect(() => compareProtected(turned, { ...turned, values: turned.values.map(() => NaN) })).toThrow(
      TemplateError,
    );
  });

  it('is not read as one in clear, nor the reverse', () => {
    const turned = transform(1).protect(stranger(1));
    const bytes = encodeProtected(turned);
    expect(decodeProtected(bytes, 'key-1')).toEqual(turned);
    expect(() => decodeTemplate(bytes)).toThrow(/known format/);
    expect(() => decodeProtected(encodeTemplate(stranger(1)), 'key-1')).toThrow(/known format/);
  });

  it('needs exactly as much key stream as its dimensions', () => {
    expect(transformBytes(TEMPLATE_DIM)).toBe(4 * ((192 * 193) / 2));
    const short = stream('key', transformBytes(TEMPLATE_DIM) - 8);
    expect(() => TemplateTransform.fromKeystream('k', MODEL, TEMPLATE_DIM, short)).toThrow(RangeError);
    expect(() => TemplateTransform.fromKeystream('k', MODEL, 1, stream('key', 8))).toThrow(RangeError);
  });
});

describe('one face under many keys', () => {
  const KEYS = 1_000;
  const FEW = 150;
  const cdf = strangersCdf(TEMPLATE_DIM);
  const turned = Array.from({ length: KEYS + 1 }, (_, key) => transform(key).protect(stranger(0)).values);
  const across = turned.slice(1).map((values, i) => cosine(values, turned[i] as Float32Array));

  it('scores across keys as independent directions do (Kolmogorov–Smirnov, 1 %)', () => {
    expect(distance(across, cdf)).toBeLessThan(criticalDistance(KEYS));
    expect(Math.max(...across)).toBeLessThan(0.35);
  });

  it('and so it does against itself in clear: without the key nothing tells whose it is', () => {
    const clear = stranger(0).values;
    expect(
      distance(
        turned.map((values) => cosine(values, clear)),
        cdf,
      ),
    ).toBeLessThan(criticalDistance(KEYS + 1));
  });

  it('is told from strangers by the same test when too few reflections turn it', () => {
    const clear = Array.from(stranger(0).values);
    const fewer = Array.from({ length: FEW }, (_, key) => {
      let x = clear;
      for (let k = 0; k < 64; k++) {
        const u = normals(`few ${key} ${k}`, TEMPLATE_DIM);
        const length = u.reduce((sum, value) => sum + value * value, 0);
        const dot = u.reduce((sum, value, i) => sum + value * (x[i] ?? NaN), 0);
        x = x.map((value, i) => value - (2 * dot * (u[i] ?? NaN)) / length);
      }
      return cosine(x, clear);
    });
    expect(distance(fewer, cdf)).toBeGreaterThan(criticalDistance(FEW));
  });
});
