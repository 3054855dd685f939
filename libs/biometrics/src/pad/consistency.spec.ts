import { makeTemplate, type Template } from '../recognition/index.js';
import { measureConsistency } from './consistency.js';

const template = (person: number, moment: number): Template =>
  makeTemplate(
    'model@1',
    Array.from({ length: 192 }, (_, i) => Math.sin(i * (1 + person)) + 0.3 * Math.cos(i * (moment + 7))),
  );

describe('measureConsistency', () => {
  it('is high within one person', () => {
    expect(measureConsistency([0, 1, 2, 3].map((moment) => template(0, moment)))).toBeGreaterThan(0.85);
  });

  it('is low as soon as any frames show another person', () => {
    const half = [template(0, 0), template(0, 1), template(1, 2), template(1, 3)];
    expect(measureConsistency(half)).toBeLessThan(0.2);
    expect(measureConsistency([template(0, 0), template(0, 1), template(1, 2), template(0, 3)])).toBeLessThan(
      0.2,
    );
  });

  it('measures nothing on one template', () => {
    expect(measureConsistency([template(0, 0)])).toBeNull();
  });

  it('refuses templates of different models', () => {
    const other = makeTemplate('model@2', template(0, 0).values);
    expect(() => measureConsistency([template(0, 0), template(0, 1), other])).toThrow('not comparable');
  });
});
