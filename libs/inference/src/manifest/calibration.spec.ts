import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fmrUpperAt } from '#biometrics';
import { loadCalibration } from './calibration.js';
import { loadManifest, ManifestError, modelEntry, modelIdentity } from './manifest.js';

const entry = modelEntry(loadManifest(), 'mobilefacenet');
const good = {
  schemaVersion: 1,
  modelId: `${entry.id}@${entry.version}`,
  modelSha256: modelIdentity(entry).sha256,
  measuredOn: 'tests',
  synthetic: true,
  images: 10,
  people: 5,
  nonMatedPairs: 40,
  confidence: 0.95,
  scores: [0, 0.5],
  fmr: [0.5, 0],
  fmrUpper: [0.6, 0.1],
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calibration-'));
  mkdirSync(join(folder, 'calibration'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(content: object, sha256?: string) {
  const bytes = JSON.stringify(content);
  writeFileSync(join(folder, 'calibration', 'x.json'), bytes);
  const digest = sha256 ?? createHash('sha256').update(bytes).digest('hex');
  const named = { ...entry, calibration: { file: 'calibration/x.json', sha256: digest } };
  return loadCalibration(named, join(folder, 'manifest.json'));
}

it('the shipped one is there, is the one the manifest names, and is labelled synthetic', () => {
  const shipped = loadCalibration(entry);
  expect(shipped?.modelId).toBe('mobilefacenet@3.0.4+prelu.1');
  expect(shipped?.synthetic).toBe(true);
  expect(shipped?.measuredOn).toMatch(/synthetic people/);
});

it('a model without one has none', () => {
  expect(loadCalibration(modelEntry(loadManifest(), 'blazeface-back'))).toBeNull();
});

it.each<[string, object]>([
  ['about another model', { ...good, modelId: 'mobilefacenet@1.0.0' }],
  ['about other weights', { ...good, modelSha256: 'f'.repeat(64) }],
  ['with rates for other scores', { ...good, fmr: [0.5] }],
  ['with scores out of order', { ...good, scores: [0.5, 0] }],
  ['with bounds that rise', { ...good, fmrUpper: [0.1, 0.6] }],
  ['with a rate above 1', { ...good, fmrUpper: [2, 1] }],
])('one %s is refused', (_, content) => {
  expect(() => load(content)).toThrow(ManifestError);
});

it('one that was altered is refused, and one that is missing', () => {
  expect(() => load(good, '0'.repeat(64))).toThrow(/is not the one the manifest names/);
  const named = { ...entry, calibration: { file: 'calibration/none.json', sha256: '0'.repeat(64) } };
  expect(() => loadCalibration(named, join(folder, 'manifest.json'))).toThrow(/cannot be read/);
});

it('a score has the bound of the greatest calibrated score not above it', () => {
  const calibration = load(good);
  if (!calibration) throw new Error('it is there');
  expect([-0.1, 0, 0.49, 0.5, 1].map((score) => fmrUpperAt(calibration, score))).toEqual([
    1, 0.6, 0.6, 0.1, 0.1,
  ]);
  expect(() => fmrUpperAt(calibration, NaN)).toThrow(RangeError);
});
