import { countNearDuplicates, DEFAULT_PAD_THRESHOLDS } from '#biometrics';
import {
  resubmit,
  type SimulatedCapture,
  simulateAttack,
  simulatedChallenge,
  simulateLive,
  SPECIES,
  type Species,
} from '#simulator';
import type { CastMember } from '../simulation/cast.js';
import type { CaptureMeter, MeasuredCapture } from './capture-meter.js';
import { meshErrorMm } from './mesh-error.js';
import type { PadSample } from './pad-report.js';

const CHALLENGE_LENGTH = 3;

/** Renders and measures `perKind` live captures and as many of every species, going round the cast; the same seed gives the same captures. */
export async function simulatedSamples(
  meter: CaptureMeter,
  cast: readonly CastMember[],
  options: { readonly perKind: number; readonly seed: number; readonly log: (line: string) => void },
): Promise<PadSample[]> {
  const samples: PadSample[] = [];
  for (const kind of ['live', ...SPECIES] as const) {
    for (let i = 0; i < options.perKind; i++) {
      const member = cast[i % cast.length] as CastMember;
      const seed = options.seed + 1_000 * (SPECIES as readonly string[]).indexOf(kind) + i;
      samples.push(await sampleOf(meter, member, kind, seed));
      if ((i + 1) % 25 === 0) options.log(`${kind}: ${i + 1} of ${options.perKind}`);
    }
  }
  return samples;
}

async function sampleOf(
  meter: CaptureMeter,
  { name, subject }: CastMember,
  kind: 'live' | Species,
  seed: number,
): Promise<PadSample> {
  const challenge = simulatedChallenge(CHALLENGE_LENGTH, seed);
  const options = { challenge, seed };
  if (kind === 'resubmission') return resubmission(meter, name, await simulateLive(subject, options), seed);
  const capture =
    kind === 'live' ? await simulateLive(subject, options) : await simulateAttack(kind, subject, options);
  const { halt, signals, parallax, mesh } = await measure(meter, capture);
  return {
    source: name,
    halt,
    signals,
    label: capture.label,
    species: capture.species ?? null,
    relief: parallax?.reliefRms ?? null,
    meshErrorMm: mesh && kind === 'live' ? meshErrorMm(mesh, subject.head) : null,
  };
}

/** What comes again is compared with the genuine capture it was taken from, as the pipeline compares it with the tenant's latest ones. */
async function resubmission(
  meter: CaptureMeter,
  source: string,
  genuine: SimulatedCapture,
  seed: number,
): Promise<PadSample> {
  const sameBytes = seed % 2 === 0;
  const again = await resubmit(genuine, sameBytes ? 'same_bytes' : 're_encoded');
  const before = await measure(meter, genuine);
  const after = await measure(meter, again);
  const alike = countNearDuplicates(
    before.projections,
    after.projections,
    DEFAULT_PAD_THRESHOLDS.nearDuplicateBits,
  );
  const nearDuplicates = sameBytes ? again.frames.length : alike;
  return {
    source,
    label: 'attack',
    species: 'resubmission',
    halt: after.halt,
    relief: after.parallax?.reliefRms ?? null,
    meshErrorMm: null,
    signals: after.signals && { ...after.signals, nearDuplicates },
  };
}

function measure(meter: CaptureMeter, { frames, challenge }: SimulatedCapture): Promise<MeasuredCapture> {
  return meter.measure(
    frames.map(({ jpeg }) => jpeg),
    challenge,
    frames.map(({ tMs }) => tMs),
  );
}
