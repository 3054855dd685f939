import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Stage } from '#queue';
import { type Child, type Stack } from '#supervisor';
import { until } from './wait.js';

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'preload', 'kill-at.mjs')).href;

/** A point in a worker's life, named by what it publishes on a diagnostics channel. */
export interface Point {
  readonly channel: 'secure-biometric:stage' | 'secure-biometric:outbox.handed-over';
  /** Members the message must have. */
  readonly match: Readonly<Record<string, string>>;
}

export function stagePoint(captureId: string, stage: Stage, phase: 'before-commit' | 'after-commit'): Point {
  return { channel: 'secure-biometric:stage', match: { captureId, stage, phase } };
}

/** A worker of the given stages that can be told to signal itself. */
export function startArmableWorker(stack: Stack, stages: readonly Stage[]): Promise<Child> {
  return stack.startWorker({ WORKER_STAGES: stages.join(), NODE_OPTIONS: `--import ${PRELOAD}` });
}

/** Returns once the worker is sure to signal itself when it gets there, before it goes on. */
export async function arm(worker: Child, { channel, match }: Point, signal: NodeJS.Signals): Promise<void> {
  const confirmed = `armed ${channel} ${JSON.stringify(match)}`;
  worker.send({ type: 'signal-at', channel, match, signal });
  await until(() => worker.output().includes(confirmed));
}
