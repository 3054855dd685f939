import { DEFAULT_PAD_THRESHOLDS, type LivenessSignals } from '#biometrics';
import { padReport } from './pad-report.js';
import type { PadSample } from './pad-samples.js';

const SIGNALS: LivenessSignals = {
  stillness: 5,
  actions: [{ action: 'turn_left', extent: 25 }],
  tH: 0.03,
  tQ: 0.02,
  tracks: 60,
  lrA: 1,
  fore: 0,
  consistency: 0.8,
  groupConsistency: 0.9,
  nearDuplicates: 0,
  trajectoryDistance: 0.4,
  flash: null,
  cues: null,
};
const sample = (changes: Partial<PadSample>): PadSample => ({
  synthetic: true,
  label: 'bona_fide',
  species: null,
  source: 'a',
  camera: null,
  ambientLux: null,
  challenge: ['turn_left'],
  flash: false,
  halt: null,
  signals: SIGNALS,
  relief: 0.3,
  meshErrorMm: null,
  ...changes,
});

describe('the report of an evaluation', () => {
  const report = padReport(
    [
      sample({ meshErrorMm: 2 }),
      sample({ halt: 'no_face', signals: null, relief: null }),
      sample({ label: 'attack', species: 'print', signals: { ...SIGNALS, tH: 0.001 }, relief: 0.1 }),
      sample({ label: 'attack', species: 'print' }),
      sample({ label: 'attack', species: 'still', signals: { ...SIGNALS, stillness: 0 }, relief: null }),
    ],
    DEFAULT_PAD_THRESHOLDS,
  );

  it('counts a bona fide capture that gave nothing as an error', () => {
    expect(report.bpcer).toMatchObject({ rate: 0.5, n: 2 });
  });

  it('counts per species the attacks that were taken for bona fide', () => {
    expect(report.species).toMatchObject([
      { species: 'print', apcer: 0.5, n: 2 },
      { species: 'still', apcer: 0, n: 1 },
    ]);
  });

  it('says why', () => {
    expect(report.reasons['bona_fide']).toEqual({ passed: 1, no_face: 1 });
    expect(report.reasons['still']).toEqual({ 'presentation_attack (stillness)': 1 });
  });

  it('says how well depth and mesh know the face', () => {
    expect(report.geometry).toEqual({
      meshErrorMm: { p10: 2, p50: 2, p90: 2, n: 1 },
      reliefAuc: [
        { species: 'print', auc: 0.75, n: 2 },
        { species: 'still', auc: null, n: 0 },
      ],
    });
  });

  it('is labelled synthetic when any capture is', () => {
    expect(report.synthetic).toBe(true);
    expect(padReport([sample({ synthetic: false })], DEFAULT_PAD_THRESHOLDS).synthetic).toBe(false);
  });
});
