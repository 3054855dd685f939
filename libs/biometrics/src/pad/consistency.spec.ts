import { makeTemplate, type Template } from '../recognition/index.js';
import { MAX_GROUPED, measureConsistency, measureGroupConsistency } from './consistency.js';

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

describe('measureGroupConsistency', () => {
  const frames = (people: readonly number[]): Template[] =>
    people.map((person, moment) => template(person, moment));

  it('is high within one person, higher than between single frames', () => {
    const one = frames([0, 0, 0, 0, 0, 0]);
    expect(measureGroupConsistency(one)).toBeGreaterThan(measureConsistency(one) ?? 1);
  });

  it.each([
    ['half-way', [0, 0, 0, 1, 1, 1]],
    ['for a while in the middle', [0, 0, 1, 1, 0, 0]],
    ['time and again', [0, 1, 0, 1, 0, 1]],
    ['in the last two of few', [0, 0, 1, 1]],
    ['in one of three', [0, 1, 0]],
  ])('is low when the face is exchanged %s', (_, people) => {
    expect(measureGroupConsistency(frames(people))).toBeLessThan(0.2);
  });

  it('does not depend on the order', () => {
    const list = frames([0, 0, 1, 0, 0]);
    expect(measureGroupConsistency([...list].reverse())).toBeCloseTo(
      measureGroupConsistency(list) ?? NaN,
      10,
    );
  });

  it('measures nothing on one template, and refuses more than can be parted', () => {
    expect(measureGroupConsistency(frames([0]))).toBeNull();
    expect(measureGroupConsistency([])).toBeNull();
    expect(() => measureGroupConsistency(frames(new Array<number>(MAX_GROUPED + 1).fill(0)))).toThrow(
      RangeError,
    );
  });
});
