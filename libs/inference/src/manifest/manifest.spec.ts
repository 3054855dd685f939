import { readFileSync } from 'node:fs';
import {
  defaultManifestPath,
  loadManifest,
  ManifestError,
  modelEntry,
  modelIdentity,
  type ModelManifest,
  parseManifest,
} from './manifest.js';

const shipped = (): ModelManifest => JSON.parse(readFileSync(defaultManifestPath(), 'utf8')) as ModelManifest;

function edited(edit: (manifest: ModelManifest) => void): ModelManifest {
  const manifest = shipped();
  edit(manifest);
  return manifest;
}

const first = (manifest: ModelManifest): Record<string, unknown> =>
  manifest.models[0] as unknown as Record<string, unknown>;

describe('parseManifest', () => {
  it('accepts the one the product ships', () => {
    expect(loadManifest().models.map(({ id }) => id)).toEqual([
      'facemesh-detection-short',
      'blazeface-back',
      'facemesh-attention',
      'mobilefacenet',
    ]);
  });

  it('accepts a URL as the source', () => {
    const manifest = edited(
      (m) => (first(m).source = { type: 'url', baseUrl: 'https://models.example/v1/' }),
    );
    expect(parseManifest(manifest).models[0]?.source.type).toBe('url');
  });

  it.each<[string, (manifest: ModelManifest) => void]>([
    ['another schema version', (m) => ((m as { schemaVersion: number }).schemaVersion = 2)],
    ['no models', (m) => (m.models.length = 0)],
    ['the same id twice', (m) => (first(m).id = 'mobilefacenet')],
    ['a version range', (m) => (first(m).source = { ...(m.models[0]?.source ?? {}), version: '^3.0.4' })],
    ['no integrity', (m) => (first(m).source = { type: 'npm', package: 'x', version: '1.0.0' })],
    ['a source without TLS', (m) => (first(m).source = { type: 'url', baseUrl: 'http://models.example/' })],
    [
      'a short hash',
      (m) => (first(m).files = m.models[0]?.files.map((file) => ({ ...file, sha256: 'abc' }))),
    ],
    [
      'a file outside the source',
      (m) => (first(m).files = m.models[0]?.files.map((file) => ({ ...file, path: 'a/../../b' }))),
    ],
    [
      'a file name with a folder',
      (m) => (first(m).files = m.models[0]?.files.map((file) => ({ ...file, name: '../x.json' }))),
    ],
    ['no topology', (m) => (first(m).files = m.models[0]?.files.filter(({ name }) => name.endsWith('.bin')))],
    ['an unknown member', (m) => (first(m).comment = 'x')],
    ['no golden output', (m) => delete first(m).golden],
    ['no licence', (m) => delete first(m).licence],
  ])('refuses %s', (_, edit) => {
    expect(() => parseManifest(edited(edit))).toThrow(ManifestError);
  });

  it('says which member is at fault', () => {
    expect(() => parseManifest(edited((m) => (first(m).golden = '../secret')))).toThrow(
      /models\[0\]\.golden/,
    );
  });

  it('refuses a file that is not there or not JSON', () => {
    expect(() => loadManifest('/nonexistent/manifest.json')).toThrow(ManifestError);
    expect(() => loadManifest(import.meta.filename)).toThrow(ManifestError);
  });
});

describe('modelIdentity', () => {
  it('changes with any file', () => {
    const entry = modelEntry(loadManifest(), 'mobilefacenet');
    const [topology, ...weights] = entry.files;
    if (!topology) throw new Error('no files');
    const other = { ...entry, files: [{ ...topology, sha256: '0'.repeat(64) }, ...weights] };
    expect(modelIdentity(entry)).toMatchObject({ id: 'mobilefacenet', version: '3.0.4+prelu.1' });
    expect(modelIdentity(other).sha256).not.toBe(modelIdentity(entry).sha256);
    expect(() => modelEntry(loadManifest(), 'nothing')).toThrow(ManifestError);
  });
});
