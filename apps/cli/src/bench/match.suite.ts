import {
  compareProtected,
  compareTemplates,
  decodeProtected,
  encodeProtected,
  makeTemplate,
  type ProtectedTemplate,
  type Template,
  TEMPLATE_DIM,
  TemplateTransform,
  transformBytes,
} from '#biometrics';
import { deriveSubkey, generateDataKey, keystream, open, seal } from '#crypto';
import { type BenchReport, quotient, report, summarise } from './report.js';

const MODEL = 'bench@1';
const ROUNDS = 31;
const COMPARISONS = 1_000;
const DERIVATIONS = 20;
/** What one index of duplicates is meant to hold. */
const ENTRIES = 10_000;

/** What protecting a template costs: deriving a transform, turning a probe and comparing, and searching an index of duplicates. */
export function matchSuite(): BenchReport {
  const secret = generateDataKey();
  const derive = (): TemplateTransform => {
    const key = deriveSubkey(secret.expose(), 'bench');
    return TemplateTransform.fromKeystream(
      'key',
      MODEL,
      TEMPLATE_DIM,
      keystream(key, transformBytes(TEMPLATE_DIM)),
    );
  };
  const transform = derive();
  const [probe, reference] = [randomTemplate(), randomTemplate()];
  const turned = transform.protect(reference);
  const index = new Index(transform);
  const times: Times = { derive: [], turn: [], bare: [], search: [] };
  let sink = 0;
  for (let round = -3; round < ROUNDS; round++) {
    const measured = {
      derive: perCall(DERIVATIONS, () => (sink += derive().dim)),
      turn: perCall(COMPARISONS, () => (sink += compareProtected(transform.protect(probe), turned))),
      bare: perCall(COMPARISONS, () => (sink += compareTemplates(probe, reference))),
      search: perCall(1, () => (sink += index.search(transform.protect(probe)))),
    };
    if (round < 0) continue;
    for (const [name, ms] of Object.entries(measured)) times[name as keyof Times].push(ms);
  }
  if (!Number.isFinite(sink)) throw new Error('A comparison gave no number');
  return report(
    'match',
    [
      summarise('derive the transform of a subject', 'ms', times.derive),
      summarise('turn a template and compare it', 'us', times.turn.map(toMicroseconds)),
      summarise('compare two templates in clear', 'us', times.bare.map(toMicroseconds)),
      summarise(`search ${ENTRIES} sealed entries for a duplicate`, 'ms', times.search),
    ],
    [quotient('turn and compare / compare', times.turn, times.bare)],
  );
}

interface Times {
  readonly derive: number[];
  readonly turn: number[];
  readonly bare: number[];
  readonly search: number[];
}

/** Entries as the database would hand them over. */
class Index {
  private readonly dataKey = generateDataKey();
  private readonly sealed: readonly Buffer[];

  constructor(transform: TemplateTransform) {
    const entry = transform.protect(randomTemplate());
    this.sealed = Array.from({ length: ENTRIES }, (_, index) =>
      seal(this.dataKey, encodeProtected(entry), this.aad(index)),
    );
  }

  search(probe: ProtectedTemplate): number {
    return this.sealed.reduce((best, sealed, index) => {
      const entry = decodeProtected(open(this.dataKey, sealed, this.aad(index)), probe.keyId);
      return Math.max(best, compareProtected(probe, entry));
    }, -1);
  }

  private aad(index: number) {
    const name = String(index);
    return {
      tenantId: 't',
      ownerKind: 'tenant',
      ownerId: 't',
      kind: 'duplicate-entry',
      model: MODEL,
      name,
    } as const;
  }
}

function randomTemplate(): Template {
  return makeTemplate(
    MODEL,
    Array.from({ length: TEMPLATE_DIM }, () => Math.random() - 0.5),
  );
}

/** Milliseconds of processor time of one call, as the mean over so many: nothing here waits, so a busy machine does not show. */
function perCall(calls: number, work: () => void): number {
  const began = process.cpuUsage();
  for (let call = 0; call < calls; call++) work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000 / calls;
}

const toMicroseconds = (ms: number): number => 1_000 * ms;
