import {
  compareTemplates,
  makeTemplate,
  meanTemplate,
  type Template,
  TEMPLATE_DIM,
  TemplateError,
} from './template.js';
import { decodeTemplate, encodeTemplate } from './template-codec.js';

const MODEL = 'mobilefacenet@3.0.4+prelu.1';
const wave = (phase: number): number[] =>
  Array.from({ length: TEMPLATE_DIM }, (_, i) => Math.sin(0.37 * i + phase));

describe('makeTemplate', () => {
  it('copies its values', () => {
    const values = Float32Array.from(wave(0));
    const template = makeTemplate(MODEL, values);
    values.fill(0);
    expect(template.values[3]).toBeCloseTo(Math.sin(1.11), 6);
    expect(template).toMatchObject({ modelId: MODEL, dim: TEMPLATE_DIM });
  });

  it.each([
    ['empty', []],
    ['of the wrong length', wave(0).slice(1)],
    ['with NaN', [...wave(0).slice(1), NaN]],
    ['with infinity', [...wave(0).slice(1), Infinity]],
    ['of zeros', new Array<number>(TEMPLATE_DIM).fill(0)],
  ])('refuses one %s', (_, values) => {
    expect(() => makeTemplate(MODEL, values)).toThrow(TemplateError);
  });

  it('refuses one without a model, and never names values', () => {
    expect(() => makeTemplate('', wave(0))).toThrow(TemplateError);
    const bad = [...wave(0).slice(1), NaN];
    expect(() => makeTemplate(MODEL, bad)).toThrow(/^[^0-9]*mobilefacenet@3\.0\.4\+prelu\.1 is not finite$/);
  });
});

describe('compareTemplates', () => {
  it('is the cosine, whatever the lengths', () => {
    const a = makeTemplate('m', [3, 0, 0], 3);
    expect(compareTemplates(a, makeTemplate('m', [7, 0, 0], 3))).toBe(1);
    expect(compareTemplates(a, makeTemplate('m', [0, 2, 0], 3))).toBe(0);
    expect(compareTemplates(a, makeTemplate('m', [-1, 0, 0], 3))).toBe(-1);
    expect(compareTemplates(a, makeTemplate('m', [1, 1, 0], 3))).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it("refuses another model's, another length's and forged templates", () => {
    const a = makeTemplate(MODEL, wave(0));
    expect(() => compareTemplates(a, makeTemplate('other@1.0.0', wave(0)))).toThrow(/not comparable/);
    expect(() => compareTemplates(makeTemplate('m', [1, 2], 2), makeTemplate('m', [1, 2, 3], 3))).toThrow(
      TemplateError,
    );
    const forged = { modelId: MODEL, dim: 0, values: new Float32Array() } as unknown as Template;
    expect(() => compareTemplates(a, forged)).toThrow(TemplateError);
    const poisoned = { ...a, values: a.values.map(() => NaN) };
    expect(() => compareTemplates(a, poisoned)).toThrow(TemplateError);
    expect(() => compareTemplates(a, { ...a, values: a.values.map(() => 0) })).toThrow(TemplateError);
  });
});

describe('meanTemplate', () => {
  it('weighs directions, not lengths, and has length 1', () => {
    const mean = meanTemplate([makeTemplate('m', [10, 0], 2), makeTemplate('m', [0, 1], 2)]);
    expect([...mean.values]).toEqual([expect.closeTo(Math.SQRT1_2, 6), expect.closeTo(Math.SQRT1_2, 6)]);
  });

  it('refuses none, mixed models and opposites', () => {
    const a = makeTemplate('m', [1, 0], 2);
    expect(() => meanTemplate([])).toThrow(TemplateError);
    expect(() => meanTemplate([a, makeTemplate('n', [1, 0], 2)])).toThrow(TemplateError);
    expect(() => meanTemplate([a, makeTemplate('m', [-1, 0], 2)])).toThrow(/cancel/);
  });
});

describe('template codec', () => {
  const template = makeTemplate(MODEL, wave(1));

  it('keeps model, length and every bit', () => {
    const padded = new Uint8Array([9, 9, ...encodeTemplate(template)]).subarray(2);
    const decoded = decodeTemplate(padded);
    expect(decoded).toEqual(template);
    expect(encodeTemplate(decoded)).toEqual(encodeTemplate(template));
  });

  it('has a frozen layout', () => {
    const bytes = encodeTemplate(makeTemplate('m', [1, -2], 2));
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '53425401' + '01' + '6d' + '0200' + '0000803f' + '000000c0',
    );
  });

  it('refuses what is cut short, too long, of another format or version, or not finite', () => {
    const bytes = encodeTemplate(template);
    for (const length of [0, 4, 6, 20, bytes.length - 1])
      expect(() => decodeTemplate(bytes.subarray(0, length))).toThrow(TemplateError);
    expect(() => decodeTemplate(new Uint8Array([...bytes, 0]))).toThrow(TemplateError);
    for (const at of [0, 3]) {
      const altered = Uint8Array.from(bytes);
      altered[at] = (altered[at] ?? 0) + 1;
      expect(() => decodeTemplate(altered)).toThrow(TemplateError);
    }
    const poisoned = Uint8Array.from(bytes);
    poisoned.fill(0xff, bytes.length - 4);
    expect(() => decodeTemplate(poisoned)).toThrow(TemplateError);
  });
});
