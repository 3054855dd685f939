import {
  CALIBRATED_THRESHOLDS,
  CHALLENGE_FEATURES,
  CHALLENGE_SCORE,
  combinedScore,
  CUE_FEATURES,
  type LivenessSignals,
  type ScoreModel,
} from '#biometrics';
import { Random } from '#simulator';
import type { PadSample } from '../pad-samples.js';
import { calibratePad } from './calibrate-pad.js';
import { calibrationModule } from './calibration-module.js';
import { chooseThreshold } from './choose-threshold.js';

const line = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

describe('chooseThreshold', () => {
  it('lies half-way between separate kinds, as the bona fide tail has it', () => {
    const chosen = chooseThreshold(line(10, 12, 101), line(0, 2, 50)) ?? NaN;
    expect(chosen).toBeGreaterThan(5);
    expect(chosen).toBeLessThan(6);
  });

  it('is never moved up into the bona fide values by attacks among them', () => {
    const alone = chooseThreshold(line(10, 12, 101), line(0, 11.9, 50)) ?? NaN;
    expect(alone).toBeLessThanOrEqual(10);
    expect(chooseThreshold(line(10, 12, 101), [11, 12, 13])).toBe(alone);
  });

  it('guesses the tail of few values from their spread', () => {
    const [few, many] = [line(10, 12, 10), line(10, 12, 1_000)];
    expect(chooseThreshold(few, [99])).toBeLessThan(Math.min(...few));
    expect(chooseThreshold(many, [99])).toBeLessThanOrEqual(Math.min(...many));
  });

  it('needs both kinds', () => {
    expect(chooseThreshold([], [1])).toBeNull();
    expect(chooseThreshold([1], [])).toBeNull();
  });
});

const random = new Random(3, 'calibration');
const near = (mean: number, deviation: number): number => mean + deviation * random.normal();

function sample(person: number, species: string | null): PadSample {
  const flat = species === 'print_over_rotated';
  const swapped = species === 'face_swap';
  const signals: LivenessSignals = {
    stillness: species === 'still' ? near(0.1, 0.01) : near(6, 1),
    actions: [{ action: 'turn_left', extent: 25 }],
    tH: Math.abs(near(flat ? 0.008 : 0.04, 0.003)),
    tQ: Math.abs(near(flat ? 0.006 : 0.025, 0.002)),
    tracks: 60,
    lrA: near(flat ? 0.1 : 1.6, 0.1),
    fore: Math.abs(near(flat ? 0.15 : 0.02, 0.02)),
    consistency: near(swapped ? 0.4 : 0.8, 0.04),
    groupConsistency: near(swapped ? 0.55 : 0.92, 0.02),
    nearDuplicates: 0,
    trajectoryDistance: 0.4,
    cues: null,
    flash: null,
  };
  return {
    synthetic: true,
    label: species ? 'attack' : 'bona_fide',
    species,
    source: `person-${person}`,
    camera: null,
    ambientLux: null,
    challenge: ['turn_left'],
    flash: false,
    halt: null,
    signals,
    relief: null,
    meshErrorMm: null,
  };
}

describe('calibratePad', () => {
  const samples = Array.from({ length: 240 }, (_, i) =>
    sample(i % 12, [null, 'print_over_rotated', 'still', 'face_swap'][Math.floor(i / 12) % 4] ?? null),
  );
  const calibration = calibratePad(samples, CUE_FEATURES);
  const finding = (name: string) => calibration.thresholds.find(({ threshold }) => threshold === name);

  it('draws a line between the kinds where one gets through, and says how it did on people who had no say', () => {
    expect(finding('minGroupConsistency')).toMatchObject({ laxest: -1, refused: [0, 60], passed: [0, 60] });
    expect(finding('minGroupConsistency')?.value).toBeGreaterThan(0.6);
    expect(finding('minGroupConsistency')?.value).toBeLessThan(0.9);
    expect(finding('minGroupConsistency')?.byFold).toHaveLength(6);
  });

  it('draws none tighter than it must', () => {
    for (const { threshold, value, laxest } of calibration.thresholds)
      if (threshold !== 'minGroupConsistency' && threshold !== 'minScore')
        expect([threshold, value]).toEqual([threshold, laxest]);
  });

  it('fits a score that refuses what several signals speak against, and nothing that one does', () => {
    const challenge = calibration.challenge as ScoreModel;
    expect(challenge.terms.length).toBeGreaterThan(3);
    expect(challenge.terms.every(({ weight }) => weight > 0)).toBe(true);
    const least = finding('minScore')?.value ?? NaN;
    const live = samples
      .filter(({ label }) => label === 'bona_fide')
      .map(({ signals }) => signals as LivenessSignals);
    const flat = samples
      .filter(({ species }) => species === 'print_over_rotated')
      .map(({ signals }) => signals as LivenessSignals);
    const score = (signals: LivenessSignals) => combinedScore(signals, challenge, CHALLENGE_FEATURES).least;
    expect(live.filter((signals) => score(signals) < least)).toEqual([]);
    expect(flat.filter((signals) => score(signals) < least).length).toBeGreaterThan(0.8 * flat.length);
    const typical = live[0] as LivenessSignals;
    for (const changes of [
      { stillness: 0 },
      { lrA: -9 },
      { fore: 9 },
      { tH: 0 },
      { tQ: 0 },
      { groupConsistency: -1 },
    ])
      expect([changes, score({ ...typical, ...changes }) >= 0.9 * least]).toEqual([changes, true]);
  });

  it('leaves alone what there were no attacks of', () => {
    expect(calibration.flash).toBeNull();
    const kinds = samples.filter(
      ({ species }) => species !== 'face_swap' && species !== 'print_over_rotated',
    );
    const fewer = calibratePad(kinds, CUE_FEATURES);
    expect(fewer.challenge).toBeNull();
    expect(fewer.thresholds.map(({ threshold }) => threshold)).toEqual(['minStillness']);
    const module = calibrationModule(fewer, kinds);
    const { minGroupConsistency, minScore } = CALIBRATED_THRESHOLDS;
    expect(module).toContain(`"minGroupConsistency": ${minGroupConsistency}`);
    expect(module).toContain(`"minScore": ${minScore}`);
    expect(module).toContain(`"bias": ${CHALLENGE_SCORE.bias}`);
  });

  it('gives the same for the same captures, in any order', () => {
    expect(calibratePad([...samples].reverse(), CUE_FEATURES).thresholds).toEqual(calibration.thresholds);
  });

  it('writes the module that holds the default ones', () => {
    const module = calibrationModule(calibration, samples);
    expect(module).toContain('from 240 rendered captures (60 bona fide) of 12 people');
    expect(module).toContain(`"minGroupConsistency": ${finding('minGroupConsistency')?.value}`);
    expect(module).toContain('"minFlashRho": 0.6');
  });

  it('needs people to leave out', () => {
    expect(() =>
      calibratePad(
        samples.filter(({ source }) => source < 'person-2'),
        CUE_FEATURES,
      ),
    ).toThrow(RangeError);
  });
});
