import { Clients, DEFAULT_CLIENT_SCOPES, type NewClient, type Scope } from '#access';
import { Policies } from '#captures';
import type { Outcome, Reason } from '#biometrics';
import { InferencePool } from '#inference';
import type { Stage } from '#queue';
import type { Stack } from '#supervisor';
import { castOf } from '../simulation/cast.js';
import { withPlatform } from '../with-platform.js';
import { type DemoCase, demoCases, flashCases } from './cases.js';
import { type Asked, DemoClient } from './demo-client.js';

const DEMO_SCOPES: readonly Scope[] = [...DEFAULT_CLIENT_SCOPES, 'attempts:reset'];
const MAX_ATTEMPTS = 4;
const CAST_DEADLINE_MS = 60_000;

export interface DemoResult {
  readonly name: string;
  readonly seed: number;
  readonly purpose: DemoCase['purpose'];
  readonly policy: DemoCase['policy'];
  readonly expected: DemoCase['expected'];
  readonly decision: Outcome;
  readonly reasons: readonly Reason[];
  readonly passed: boolean;
  /** How often the person was asked to try again, plus one. */
  readonly attempts: number;
  /** Milliseconds from the begin of the upload to the decision seen by the client. */
  readonly totalMs: number;
  readonly stagesMs: Readonly<Record<Stage, number | null>>;
}

export interface DemoReport {
  readonly passed: boolean;
  /** Every picture is rendered; nothing here measures real people. */
  readonly synthetic: true;
  readonly queueBackend: 'redis' | 'postgres';
  readonly inferenceBackend: string;
  readonly cases: readonly DemoResult[];
}

export interface DemoOptions {
  readonly modelsDir: string;
  readonly seeds: number;
  /** Also challenges with a flash. */
  readonly flash: boolean;
  readonly onResult: (result: DemoResult) => void;
}

/** Runs every case through the public API of a fresh stack, once per seed with other people each time. */
export async function runDemo(
  stack: Stack,
  env: NodeJS.ProcessEnv,
  options: DemoOptions,
): Promise<DemoReport> {
  const url = stack.urls[0] as string;
  const clients = await prepareTenants({ ...env, DATABASE_URL: stack.databaseUrl });
  const apis = {
    default: new DemoClient(url, clients.default),
    pad_level_none: new DemoClient(url, clients.pad_level_none),
  };
  const pool = await InferencePool.start({ modelsDir: options.modelsDir, threads: 1, maxQueue: 4 });
  const cast = await castOf(pool, CAST_DEADLINE_MS).finally(() => pool.close());
  const cases: DemoResult[] = [];
  let inferenceBackend = 'none';
  for (let seed = 1; seed <= options.seeds; seed++) {
    const [enrolled, other] = [cast[(2 * seed - 2) % cast.length], cast[(2 * seed - 1) % cast.length]];
    if (!enrolled || !other) throw new Error('The demo needs two people');
    const subjects = {
      default: await apis.default.createSubject(),
      pad_level_none: await apis.pad_level_none.createSubject(),
    };
    const all = [
      ...demoCases(enrolled.subject, other.subject),
      ...(options.flash ? flashCases(enrolled.subject) : []),
    ];
    for (const [index, each] of all.entries()) {
      // Each case has recordings of its own: an attacker's second photograph is not the first one again.
      const { result, backend } = await runCase(each, apis[each.policy], subjects[each.policy], {
        seed,
        recordingSeed: 10_000 * seed + 100 * index,
      });
      inferenceBackend = backend ?? inferenceBackend;
      cases.push(result);
      options.onResult(result);
    }
  }
  const queueBackend = stack.redisUrl ? 'redis' : 'postgres';
  return {
    passed: cases.every(({ passed }) => passed),
    synthetic: true,
    queueBackend,
    inferenceBackend,
    cases,
  };
}

async function runCase(
  each: DemoCase,
  api: DemoClient,
  subjectId: string,
  { seed, recordingSeed }: { readonly seed: number; readonly recordingSeed: number },
): Promise<{ result: DemoResult; backend?: string }> {
  for (let attempts = 1; ; attempts++) {
    if (each.purpose === 'verification') await api.resetAttempts(subjectId);
    const record = (asked: Asked) => each.record(asked, recordingSeed + attempts);
    const { view, totalMs } = await api.capture(each.purpose, subjectId, record, each.flash);
    const { decision, review, stages } = view;
    if (!decision || !review) throw new Error('A decided capture shows its decision to a reviewer');
    const passed = each.expected.some(
      (expected) => expected.decision === decision.outcome && expected.reason === review.reason,
    );
    // Liveness refuses a few live people of a hundred, who then try again; who was accepted has no second attempt.
    if (each.mayRetry && !passed && decision.outcome !== 'accepted' && attempts < MAX_ATTEMPTS) continue;
    const { name, purpose, policy, expected } = each;
    const result: DemoResult = {
      name,
      seed,
      purpose,
      policy,
      expected,
      attempts,
      totalMs,
      decision: decision.outcome,
      reasons: [review.reason],
      passed: expected.some(
        ({ decision: outcome, reason }) => outcome === decision.outcome && reason === review.reason,
      ),
      stagesMs: Object.fromEntries(
        stages.map(({ stage, durationMs }) => [stage, durationMs]),
      ) as DemoResult['stagesMs'],
    };
    const backend = review.signals.extraction?.['backend'];
    return { result, ...(typeof backend === 'string' && { backend }) };
  }
}

function prepareTenants(env: NodeJS.ProcessEnv): Promise<Record<DemoCase['policy'], NewClient>> {
  return withPlatform(async ({ unitOfWork }) => {
    const clients = new Clients(unitOfWork);
    const allowing = await clients.tenant('demo, policy allows PAD level none');
    await new Policies(unitOfWork).add(allowing, { requiredPadLevel: 'none' });
    return {
      default: await clients.create(await clients.tenant('demo, default policy'), 'demo', DEMO_SCOPES),
      pad_level_none: await clients.create(allowing, 'demo', DEMO_SCOPES),
    };
  }, env);
}
