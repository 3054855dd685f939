import { countNearDuplicates, DEFAULT_PAD_THRESHOLDS } from '#biometrics';
import {
  type CaptureOptions,
  FLASH_SPECIES,
  resubmit,
  type SimulatedCapture,
  simulateAttack,
  simulatedChallenge,
  simulatedFlash,
  simulateLive,
  SPECIES,
  type Species,
} from '#simulator';
import { type CastMember, doubleOf } from '../simulation/cast.js';
import type { CaptureMeter, MeasuredCapture } from './capture-meter.js';
import { meshErrorMm } from './mesh-error.js';
import type { PadSample } from './pad-report.js';

const CHALLENGE_LENGTH = 3;
const DEADLINE_MS = 60_000;
const CAMERAS = ['webcam', 'phone'] as const;

export interface SimulationOptions {
  readonly perKind: number;
  readonly seed: number;
  /** Light of the room that captures with a flash take turns in: lux. None: no flash. */
  readonly ambientLux: readonly number[] | null;
  /** Kinds to render; by default live captures and every species that differs from the others. */
  readonly kinds?: readonly ('live' | Species)[];
  readonly log: (line: string) => void;
}

/** One capture to be rendered. */
interface Order {
  readonly member: CastMember;
  /** Another one of the cast. */
  readonly other: CastMember;
  readonly kind: 'live' | Species;
  readonly options: CaptureOptions & Required<Pick<CaptureOptions, 'device'>>;
}

/** Renders and measures `perKind` live captures and as many of every species, going round the cast; the same seed gives the same captures. */
export async function simulatedSamples(
  meter: CaptureMeter,
  cast: readonly CastMember[],
  { perKind, seed: first, ambientLux, kinds, log }: SimulationOptions,
): Promise<PadSample[]> {
  const samples: PadSample[] = [];
  const all = ['live', ...SPECIES] as const;
  const chosen =
    kinds ?? all.filter((kind) => ambientLux || !(FLASH_SPECIES as readonly string[]).includes(kind));
  for (const kind of chosen) {
    for (let i = 0; i < perKind; i++) {
      const [member, other] = [cast[i % cast.length], cast[(i + 1) % cast.length]];
      if (!member || !other) throw new Error('There is nobody to simulate');
      const seed = first + 1_000 * (SPECIES as readonly string[]).indexOf(kind) + i;
      const options = {
        challenge: simulatedChallenge(CHALLENGE_LENGTH, seed),
        seed,
        // Slower than the cast goes round, so that everybody is taken by every camera in every light.
        device: CAMERAS[Math.floor(i / cast.length) % CAMERAS.length] ?? 'webcam',
        ...(ambientLux && {
          flash: simulatedFlash(seed),
          ambientLux: ambientLux[(i + Math.floor(i / cast.length)) % ambientLux.length] ?? 300,
        }),
      };
      samples.push(await sampleOf(meter, { member, other, kind, options }));
      if ((i + 1) % 25 === 0) log(`${kind}: ${i + 1} of ${perKind}`);
    }
  }
  return samples;
}

async function sampleOf(meter: CaptureMeter, order: Order): Promise<PadSample> {
  const { member, kind, options } = order;
  const { device: camera, ambientLux = null, challenge, flash } = options;
  const known = { source: member.name, camera, ambientLux, challenge, flash: flash !== undefined };
  const capture = await render(meter, order);
  const { halt, signals, parallax, mesh, projections } = await measure(meter, capture);
  const again = kind === 'resubmission' && signals;
  return {
    ...known,
    halt,
    signals: again
      ? { ...signals, nearDuplicates: await recognised(meter, order, capture, projections) }
      : signals,
    label: capture.label,
    species: capture.species ?? null,
    relief: parallax?.reliefRms ?? null,
    meshErrorMm: mesh && kind === 'live' ? meshErrorMm(mesh, member.subject.head) : null,
  };
}

async function render(
  meter: CaptureMeter,
  { member, other, kind, options }: Order,
): Promise<SimulatedCapture> {
  const { subject } = member;
  if (kind === 'live') return simulateLive(subject, options);
  if (kind === 'resubmission') return resubmit(await simulateLive(subject, options), howAgain(options.seed));
  if (kind === 'rendered_head') {
    const double = await doubleOf(meter.inference, subject, { seed: options.seed, deadlineMs: DEADLINE_MS });
    return simulateAttack(kind, double, options);
  }
  return simulateAttack(kind, subject, { ...options, attacker: other.subject });
}

const howAgain = (seed: number) =>
  (['same_bytes', 're_encoded', 're_cropped'] as const)[seed % 3] ?? 'same_bytes';

/** What comes again is compared with the genuine capture it was taken from, as the pipeline compares it with the tenant's latest ones. */
async function recognised(
  meter: CaptureMeter,
  { member, options }: Order,
  again: SimulatedCapture,
  projections: MeasuredCapture['projections'],
): Promise<number> {
  if (howAgain(options.seed) === 'same_bytes') return again.frames.length;
  const before = await measure(meter, await simulateLive(member.subject, options));
  return countNearDuplicates(before.projections, projections, DEFAULT_PAD_THRESHOLDS.nearDuplicateBits);
}

function measure(
  meter: CaptureMeter,
  { frames, challenge, flash }: SimulatedCapture,
): Promise<MeasuredCapture> {
  return meter.measure(
    frames.map(({ jpeg }) => jpeg),
    challenge,
    frames.map(({ tMs }) => tMs),
    flash ?? null,
  );
}
