import { DEFAULT_PAD_THRESHOLDS, type LivenessSignals } from '#biometrics';
import { ablation } from './ablation.js';
import { bpcerBy } from './pad-breakdown.js';
import { padPage } from './pad-page.js';
import { padReport } from './pad-report.js';
import type { PadSample } from './pad-samples.js';
import { areas, curves, SIGNALS } from './signal-roc.js';

const SIGNS: LivenessSignals = {
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
const READ = {
  frames: 10,
  p: 0.001,
  gain: 0.1,
  gainSe: 0.005,
  rho: 0.97,
  lag: 0,
  chromaRms: 0.08,
  sectors: 6,
  additive: 0.1,
  spread: 0.8,
  background: 0,
  sideToCentre: 0.6,
};
const sample = (changes: Partial<PadSample> = {}): PadSample => ({
  synthetic: true,
  label: 'bona_fide',
  species: null,
  source: 'a',
  camera: 'phone',
  ambientLux: 150,
  challenge: ['turn_left', 'nod'],
  flash: false,
  halt: null,
  signals: SIGNS,
  relief: null,
  meshErrorMm: null,
  ...changes,
});
const attack = (species: string, signals: Partial<LivenessSignals>): PadSample =>
  sample({ label: 'attack', species, signals: { ...SIGNS, ...signals } });
const SAMPLES = [
  sample(),
  sample({ camera: 'webcam', ambientLux: 500, challenge: ['turn_right'], signals: { ...SIGNS, tH: 0.001 } }),
  attack('print', { tH: 0.001 }),
  attack('<b>screen', {}),
];

it('says whom it refuses, by camera, light and challenge', () => {
  const by = bpcerBy(SAMPLES, DEFAULT_PAD_THRESHOLDS);
  const rates = (list: typeof by.camera) => list.map(({ condition, rate, n }) => [condition, rate, n]);
  expect(rates(by.camera)).toEqual([
    ['phone', 0, 1],
    ['webcam', 1, 1],
  ]);
  expect(rates(by.light)).toEqual([
    ['150 lux', 0, 1],
    ['500 lux', 1, 1],
  ]);
  expect(rates(by.challenge)).toEqual([
    ['turn_left', 0, 1],
    ['turn_right', 1, 1],
    ['nod', 0, 1],
  ]);
});

it('says what only one gate stops', () => {
  const both = { tH: 0.001, tQ: 0.001 };
  const samples = [...SAMPLES, attack('print', both), attack('dim', { flash: { ...READ, gain: 0 } })].map(
    (each) => (each.species === 'dim' ? { ...each, flash: true } : each),
  );
  const table = new Map(ablation(samples, DEFAULT_PAD_THRESHOLDS).map((row) => [row.gate, row]));
  expect(table.get('tH')).toMatchObject({ onlyRefusedBy: 0.5, onlyStoppedBy: { print: 0.5, dim: 0 } });
  expect(table.get('flash')).toMatchObject({ onlyRefusedBy: 0, onlyStoppedBy: { print: 0, dim: 1 } });
  expect(table.get('tQ')).toMatchObject({ onlyStoppedBy: { print: 0 } });
  expect(table.get('relief')).toMatchObject({
    onlyStoppedBy: { print: 0.5, dim: 0 },
    stoppedBy: { print: 1, dim: 0 },
  });
  expect(table.get('relief and score')).toMatchObject({ onlyStoppedBy: { print: 1 } });
  expect(table.get('replay')).toMatchObject({ onlyRefusedBy: 0, onlyStoppedBy: { print: 0, dim: 0 } });
});

it('draws a curve for each measured signal, from nothing to everything', () => {
  const live = SAMPLES.slice(0, 1);
  const attacks = [attack('print', { tH: 0.001 }), attack('print', { tH: 0.04 })];
  const tH = curves(live, attacks).find(({ name }) => name === 'tH');
  expect(tH?.points).toEqual([
    [0, 0],
    [0.5, 0],
    [0.5, 1],
    [1, 1],
  ]);
  expect(curves(live, attacks).map(({ name }) => name)).not.toContain('flash.rho');
  expect(areas(live, attacks)[SIGNALS.findIndex(({ name }) => name === 'tH')]).toBe(0.5);
});

it('turns every risk cue so that more of it speaks for a live person', () => {
  const [camera, copy] = [
    {
      moire: 4,
      colourSpread: 1.4,
      skinSpread: 0.9,
      blackLevel: -3,
      noise: 2,
      noiseMismatch: 0.1,
      noiseRepeat: 0,
    },
    {
      moire: 9,
      colourSpread: 0.9,
      skinSpread: 0.6,
      blackLevel: -2,
      noise: 0,
      noiseMismatch: 1.5,
      noiseRepeat: 0.9,
    },
  ];
  const found = areas([sample({ signals: { ...SIGNS, cues: camera } })], [attack('screen', { cues: copy })]);
  const cues = SIGNALS.flatMap(({ name }, i) => (name.startsWith('cue.') ? [[name, found[i]]] : []));
  expect(cues).toEqual(Object.keys(camera).map((key) => [`cue.${key}`, 1]));
});

describe('the page', () => {
  const page = padPage(padReport(SAMPLES, DEFAULT_PAD_THRESHOLDS), SAMPLES);

  it('puts the worst species first, and says that it is synthetic', () => {
    expect(page.indexOf('screen')).toBeLessThan(page.indexOf('<td>print'));
    expect(page).toContain('SYNTHETIC');
  });

  it('holds its curves and needs nothing from elsewhere', () => {
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/<script|<link|src=|@import/);
    expect(page).not.toContain('<b>');
  });
});
