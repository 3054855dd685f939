import {
  type CaptureOptions,
  FLASH_SPECIES,
  simulatedChallenge,
  simulatedFlash,
  SPECIES,
  type Species,
} from '#simulator';
import type { CastMember } from './cast.js';

const CHALLENGE_LENGTH = 3;
const CAMERAS = ['webcam', 'phone'] as const;

export type Kind = 'live' | Species;

export interface OrderOptions {
  readonly perKind: number;
  readonly seed: number;
  /** Light of the room that captures with a flash take turns in: lux. None: no flash. */
  readonly ambientLux: readonly number[] | null;
  /** Kinds to render; by default live captures and every species that differs from the others. */
  readonly kinds?: readonly Kind[];
}

/** One capture to be rendered. */
export interface Order {
  /** Names it among the others, and sorts live captures first. */
  readonly id: string;
  readonly member: CastMember;
  /** Another one of the cast. */
  readonly other: CastMember;
  readonly kind: Kind;
  readonly options: CaptureOptions & Required<Pick<CaptureOptions, 'device'>>;
}

/** Orders `perKind` live captures and as many of every species, going round the cast; the same seed gives the same captures. */
export function ordersOf(
  cast: readonly CastMember[],
  { perKind, seed: first, ambientLux, kinds }: OrderOptions,
): Order[] {
  const all = ['live', ...SPECIES] as const;
  const chosen =
    kinds ?? all.filter((kind) => ambientLux || !(FLASH_SPECIES as readonly string[]).includes(kind));
  if (chosen.includes('resubmission') && !chosen.includes('live'))
    throw new RangeError('what is sent again is a live capture: kinds need live as well');
  return chosen.flatMap((kind) =>
    Array.from({ length: perKind }, (_, i) => {
      const [member, other] = [cast[i % cast.length], cast[(i + 1) % cast.length]];
      if (!member || !other) throw new Error('There is nobody to simulate');
      const seed = first + 1_000 * placeOf(kind) + i;
      return {
        id: `${kind === 'live' ? '0_bona_fide' : `1_${kind}`}-${String(i).padStart(4, '0')}`,
        member,
        other,
        kind,
        options: {
          challenge: simulatedChallenge(CHALLENGE_LENGTH, seed),
          seed,
          // Slower than the cast goes round, so that everybody is taken by every camera in every light.
          device: CAMERAS[Math.floor(i / cast.length) % CAMERAS.length] ?? 'webcam',
          ...(ambientLux && {
            flash: simulatedFlash(seed),
            ambientLux: ambientLux[(i + Math.floor(i / cast.length)) % ambientLux.length] ?? 300,
          }),
        },
      };
    }),
  );
}

/** What is sent again is the live capture of the same number. */
function placeOf(kind: Kind): number {
  return kind === 'live' || kind === 'resubmission' ? -1 : SPECIES.indexOf(kind);
}
