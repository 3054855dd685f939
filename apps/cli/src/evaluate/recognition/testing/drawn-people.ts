import { makeTemplate } from '#biometrics';
import { type EvaluatedImage } from '../gallery.js';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';

interface Drawing {
  readonly people: number;
  readonly each: number;
  /** Deviation of an image's direction from its person's, relative to the length of the latter: the greater, the more errors. */
  readonly spread: number;
  readonly seed: number;
  readonly dim?: number;
  readonly prefix?: string;
}

/** Images of people whose templates follow a known law: each person a direction drawn alike in all directions, each image that and noise. */
export function drawnPeople({
  people,
  each,
  spread,
  seed,
  dim = 32,
  prefix = 'p',
}: Drawing): EvaluatedImage[] {
  const generator = xoroshiro128plus(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator))) *
    Math.cos(2 * Math.PI * uniformFloat64(generator));
  return Array.from({ length: people }, (_, person) => {
    const own = Array.from({ length: dim }, normal);
    return Array.from({ length: each }, (__, i) => ({
      path: `${prefix}${person}/${i}`,
      identity: `${prefix}${person}`,
      template: makeTemplate(
        'drawn@1',
        own.map((value) => value + spread * normal()),
        dim,
      ),
      failure: null,
      enrolmentFailure: null,
      groups: {},
    }));
  }).flat();
}
