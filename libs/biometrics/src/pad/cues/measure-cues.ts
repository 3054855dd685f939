import { type LivenessFrame, turnedAway } from '../frames.js';
import { median } from '../statistics.js';
import { measureMoire } from './moire.js';
import { noiseCorrelation, type NoiseField, noiseField, noiseLevel, noiseMismatch } from './noise.js';
import { type RiskCues } from './risk-cues.js';

/** So many frames, the most frontal ones, are looked at. */
const FRAMES = 3;

/** Measures the cues of a capture: medians over its three most frontal frames. `null` without a frame. */
export function measureCues(frames: readonly LivenessFrame[]): RiskCues | null {
  const chosen = [...frames].sort((a, b) => turnedAway(a.pose) - turnedAway(b.pose)).slice(0, FRAMES);
  if (chosen.length === 0) return null;
  const fields = chosen.map(noiseField);
  const gamuts = chosen.flatMap(({ gamut }) => gamut ?? []);
  return {
    moire: medianOf(chosen.map(measureMoire)),
    colourSpread: medianOf(gamuts.map(({ colourSpread }) => colourSpread)),
    skinSpread: medianOf(gamuts.map(({ skinSpread }) => skinSpread)),
    blackLevel: medianOf(gamuts.map(({ blackLevel }) => blackLevel)),
    noise: medianOf(fields.map(noiseLevel)),
    noiseMismatch: medianOf(fields.map(noiseMismatch)),
    noiseRepeat: medianOf(pairsOf(fields).map(([a, b]) => noiseCorrelation(a, b))),
  };
}

function pairsOf(fields: readonly NoiseField[]): (readonly [NoiseField, NoiseField])[] {
  return fields.flatMap((a, i) => fields.slice(i + 1).map((b) => [a, b] as const));
}

function medianOf(values: readonly (number | null)[]): number | null {
  return median(values.flatMap((value) => value ?? []));
}
