import { readFile, rm } from 'node:fs/promises';
import { Clients } from '#access';
import { Policies } from '#captures';
import { framesFrom, jawWarp, samplePortrait } from '#simulator';
import { findRedis, startStack } from '#supervisor';
import { DemoClient } from '../demo/demo-client.js';
import { ephemeralEnvironment, ephemeralFolder } from '../demo/ephemeral.js';
import { withPlatform } from '../with-platform.js';
import { type BenchReport, type BenchResult, report, summarise } from './report.js';

const FRAMES = 8;
const WARM_UP = 5;

/**
 * Whole captures one after the other on an idle stack, on each queue back end there is: milliseconds per stage and from submission to
 * decision by the database's clock, and the worker's memory.
 */
export async function pipelineSuite(
  modelsDir: string,
  captures: number,
  log: (line: string) => void,
): Promise<BenchReport> {
  const backends = (await findRedis()) ? (['redis', 'postgres'] as const) : (['postgres'] as const);
  const results: BenchResult[] = [];
  for (const backend of backends) {
    log(`${captures} captures with the queue on ${backend} …`);
    results.push(...(await measure(backend, modelsDir, captures)));
  }
  return report('pipeline', results);
}

async function measure(
  backend: 'redis' | 'postgres',
  modelsDir: string,
  captures: number,
): Promise<BenchResult[]> {
  const dataDir = await ephemeralFolder();
  const env = { ...ephemeralEnvironment(dataDir, modelsDir), RATE_LIMIT_PER_MINUTE: '1000000' };
  const stack = await startStack({
    dataDir,
    env,
    redis: backend === 'redis' ? 'auto' : 'none',
    ephemeral: true,
    handleSignals: true,
  });
  try {
    const client = await withPlatform(
      async ({ unitOfWork }) => {
        const clients = new Clients(unitOfWork);
        const tenantId = await clients.tenant('bench');
        await new Policies(unitOfWork).add(tenantId, { requiredPadLevel: 'none' });
        return clients.create(tenantId, 'bench');
      },
      { ...env, DATABASE_URL: stack.databaseUrl },
    );
    const api = new DemoClient(stack.urls[0] as string, client);
    const pictures = await framesFrom(await jawWarp(await samplePortrait(), 'widened'), FRAMES * 4);
    const total: number[] = [];
    const decided: number[] = [];
    const stages = new Map<string, number[]>();
    const memory: number[] = [];
    for (let run = 0; run < WARM_UP + captures; run++) {
      const subjectId = await api.createSubject();
      const frames = pictures.slice((run % 4) * FRAMES, ((run % 4) + 1) * FRAMES);
      const { view, totalMs } = await api.capture('enrolment', subjectId, () => Promise.resolve(frames));
      if (view.decision?.outcome !== 'accepted')
        throw new Error(`Capture ${run} was ${view.review?.reason}; a benchmark needs accepted ones`);
      if (run < WARM_UP) continue;
      total.push(totalMs);
      decided.push(new Date(view.decision.decidedAt).getTime() - new Date(view.submittedAt ?? NaN).getTime());
      for (const { stage, durationMs } of view.stages)
        stages.set(stage, [...(stages.get(stage) ?? []), durationMs ?? NaN]);
      memory.push(await residentMegabytes(stack.workers[0]?.pid));
    }
    return [
      summarise(`${backend}: submitted to decided`, 'ms', decided),
      summarise(`${backend}: upload begun to decision seen`, 'ms', total),
      ...[...stages].map(([stage, values]) => summarise(`${backend}: stage ${stage}`, 'ms', values)),
      summarise(`${backend}: worker resident memory`, 'MB', memory),
      summarise(
        `${backend}: worker resident memory, last tenth`,
        'MB',
        memory.slice(-Math.ceil(memory.length / 10)),
      ),
    ];
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function residentMegabytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
