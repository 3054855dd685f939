import sharp from 'sharp';
import { FLASH_FRAMES, type Outcome, type Purpose, type Reason } from '#biometrics';
import {
  resubmit,
  sceneWithoutFace,
  simulateAttack,
  simulateLive,
  type Species,
  type Subject,
} from '#simulator';
import type { Asked } from './demo-client.js';

/** A decision and its reason that a case may end with. */
export interface Expected {
  readonly decision: Outcome;
  readonly reason: Reason;
}

export interface DemoCase {
  readonly name: string;
  readonly purpose: Exclude<Purpose, 'liveness'>;
  /** The built-in policy, or one written to accept captures whose liveness was not judged. */
  readonly policy: 'default' | 'pad_level_none';
  readonly expected: readonly Expected[];
  /** Whether a live person is recorded, who would try again when refused. */
  readonly mayRetry: boolean;
  /** Records the frames once the challenge is known. */
  readonly record: (asked: Asked, seed: number) => Promise<Buffer[]>;
  /** Whether the capture is created with a flash. */
  readonly flash?: true;
}

const accepted: Expected[] = [{ decision: 'accepted', reason: 'accepted' }];
const rejected = (reason: Reason): Expected[] => [{ decision: 'rejected', reason }];
const inconclusive = (reason: Reason): Expected[] => [{ decision: 'inconclusive', reason }];

/** Paper that does not even seem to perform the challenge proves nothing about the person, and a print may be known already: all refuse it. */
const REFUSED_PAPER = [
  ...rejected('presentation_attack'),
  ...rejected('replay_detected'),
  ...inconclusive('challenge_not_performed'),
];

/** The cases of one round: an enrolled person, another one, attacks on the enrolled one, and pictures of nobody and of two. */
export function demoCases(enrolled: Subject, other: Subject): DemoCase[] {
  let genuine: Awaited<ReturnType<typeof simulateLive>> | undefined;
  const live = (subject: Subject) => async (asked: Asked, seed: number) =>
    jpegs(await simulateLive(subject, { ...asked, seed }));
  const attack = (species: Species, expected: readonly Expected[]): DemoCase => ({
    ...verification,
    expected,
    name: species,
    record: async (asked, seed) => jpegs(await simulateAttack(species, enrolled, { ...asked, seed })),
  });
  return [
    {
      name: 'enrol',
      purpose: 'enrolment',
      policy: 'default',
      expected: accepted,
      mayRetry: true,
      record: live(enrolled),
    },
    {
      ...verification,
      name: 'genuine',
      expected: accepted,
      mayRetry: true,
      record: async (asked, seed) => jpegs((genuine = await simulateLive(enrolled, { ...asked, seed }))),
    },
    {
      ...verification,
      name: 'impostor',
      expected: rejected('no_match'),
      mayRetry: true,
      record: live(other),
    },
    attack('print', REFUSED_PAPER),
    attack('print_over_rotated', REFUSED_PAPER),
    attack('bent_print', REFUSED_PAPER),
    attack('still', rejected('presentation_attack')),
    {
      ...verification,
      name: 'resubmission',
      expected: rejected('replay_detected'),
      record: async () => {
        if (!genuine) throw new Error('There is nothing to submit again yet');
        return jpegs(await resubmit(genuine, 're_encoded'));
      },
    },
    {
      ...verification,
      name: 'no_face',
      expected: inconclusive('no_face'),
      record: () => sceneWithoutFace(8),
    },
    {
      ...verification,
      name: 'two_faces',
      expected: inconclusive('multiple_faces'),
      record: async (asked, seed) =>
        beside(await live(enrolled)(asked, seed), await live(other)(asked, seed)),
    },
    {
      ...verification,
      name: 'photo_without_pad',
      purpose: 'enrolment',
      policy: 'pad_level_none',
      expected: accepted,
      record: async (asked, seed) => jpegs(await simulateAttack('still', enrolled, { ...asked, seed })),
    },
  ];
}

/** Challenges with a flash: a live person, and what must not pass for one however well it performs the actions. */
export function flashCases(enrolled: Subject): DemoCase[] {
  const flash = { ...verification, flash: true } as const;
  const attack = (species: Species, name: string): DemoCase => ({
    ...flash,
    name,
    expected: [...inconclusive('flash_unreadable'), ...REFUSED_PAPER],
    record: async (asked, seed) => jpegs(await simulateAttack(species, enrolled, { ...asked, seed })),
  });
  const withoutColours = (name: string, frameCount: number, reason: Reason): DemoCase => ({
    ...flash,
    name,
    expected: inconclusive(reason),
    // Who moves too little is told so first, and would try again.
    mayRetry: true,
    record: async ({ challenge }, seed) =>
      jpegs(await simulateLive(enrolled, { challenge, seed, frameCount })),
  });
  return [
    {
      ...flash,
      name: 'flash_genuine',
      expected: accepted,
      mayRetry: true,
      record: async (asked, seed) => jpegs(await simulateLive(enrolled, { ...asked, seed })),
    },
    attack('screen_replay', 'flash_screen_replay'),
    attack('injection_other_flash', 'flash_other_colours'),
    withoutColours('flash_left_out', FLASH_FRAMES, 'flash_unreadable'),
    withoutColours('flash_too_few_frames', FLASH_FRAMES - 2, 'pad_level_insufficient'),
  ];
}

const verification = { purpose: 'verification', policy: 'default', mayRetry: false } as const;

function jpegs({ frames }: { frames: readonly { jpeg: Buffer }[] }): Buffer[] {
  return frames.map(({ jpeg }) => jpeg);
}

/** Two people before one camera: the middle of each recording, side by side. */
function beside(left: readonly Buffer[], right: readonly Buffer[]): Promise<Buffer[]> {
  const half = { left: 160, top: 0, width: 320, height: 480 };
  return Promise.all(
    left.map(async (frame, index) => {
      const both = [
        await sharp(frame).extract(half).toBuffer(),
        await sharp(right[index]).extract(half).toBuffer(),
      ];
      return sharp({ create: { width: 640, height: 480, channels: 3, background: 'black' } })
        .composite(both.map((input, side) => ({ input, left: 320 * side, top: 0 })))
        .jpeg({ quality: 90 })
        .toBuffer();
    }),
  );
}
