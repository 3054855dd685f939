import { readFile } from 'node:fs/promises';
import { type Stage, STAGES } from '#queue';
import { type Child } from '#supervisor';
import { QUEUE_HOMES, startTestStack, type TestStack } from '../support/stack.js';
import { arm, startArmableWorker, stagePoint } from '../support/stack-armed-worker.js';
import { expectOneDecision } from '../support/stack-database.js';
import { portraitFrames } from '../support/stack-frames.js';
import { until } from '../support/wait.js';

/** The queue's own recovery takes some seconds; with BullMQ's own timing it would take a minute. */
const DECIDED_WITHIN_MS = 15_000;

describe.each(QUEUE_HOMES)('workers that die, queue in $home', ({ suite, redisUrl }) => {
  suite('workers', () => {
    let test: TestStack;
    /** One worker per stage, so that it is known who reaches which point. */
    const workers = new Map<Stage, Child>();
    let frames: Buffer[];

    const startWorker = async (stage: Stage): Promise<Child> => {
      const worker = await startArmableWorker(test.stack, [stage]);
      workers.set(stage, worker);
      return worker;
    };
    const workerOf = (stage: Stage): Child => workers.get(stage) as Child;
    /** Enrolments of a subject each, ready to be submitted; one per stage. */
    const prepare = (stages: readonly Stage[] = STAGES) =>
      Promise.all(
        stages.map(async (stage) => {
          const subjectId = await test.api.consentingSubject();
          return { stage, subjectId, captureId: await test.api.started({ purpose: 'enrolment', subjectId }) };
        }),
      );

    async function expectOneEffect(captureId: string, subjectId: string): Promise<void> {
      const effects = await test.probe.settledEffects(captureId);
      expectOneDecision(effects);
      const { references } = effects;
      expect(await test.probe.count('subject_references WHERE subject_id = $1', [subjectId])).toBe(
        references,
      );
      const created = `audit_events WHERE action = 'reference.created' AND target_id = $1`;
      expect(await test.probe.count(created, [subjectId])).toBe(references);
    }

    beforeAll(async () => {
      frames = await portraitFrames();
      // No sweep comes in time to help: what is recovered here, the queue has recovered.
      const env = { RELAY_LEASE_MS: '1000', SWEEP_CHECK_AFTER_MS: '600000' };
      test = await startTestStack({ workers: 0, redisUrl: redisUrl(), env });
    });
    afterAll(() => test?.stop());

    it('are not needed for the end of a capture whose deadline has passed', async () => {
      const soon = { CAPTURE_DEADLINE_MS: '1000', SWEEP_CHECK_AFTER_MS: '300', SWEEP_INTERVAL_MS: '100' };
      const hasty = await test.stack.startApi(soon);
      const sweeper = await test.stack.startWorker({ ...soon, WORKER_STAGES: 'decision' });
      const subjectId = await test.api.consentingSubject();
      const api = test.api.at(hasty.url as string);
      const captureId = await api.submitted({ purpose: 'enrolment', subjectId }, frames);
      const { decision } = await api.decided(captureId, DECIDED_WITHIN_MS);
      expect(decision).toMatchObject({ outcome: 'inconclusive', code: 'try_again' });
      expect(await test.probe.effects(captureId)).toMatchObject({
        outcomes: ['inconclusive/processing_failed'],
        references: 0,
        audit: { 'capture.decided': 1 },
      });
      await Promise.all([sweeper.stop(60_000), hasty.stop(60_000)]);
    });

    it('decide once when the relay dies between the queue and its own note of it', async () => {
      const relay = await startWorker('decision');
      const subjectId = await test.api.consentingSubject();
      const captureId = await test.api.started({ purpose: 'enrolment', subjectId });
      const handedOver = {
        channel: 'secure-biometric:outbox.handed-over',
        match: { aggregateId: captureId },
      } as const;
      await arm(relay, handedOver, 'SIGKILL');
      await test.api.submit(captureId, frames);
      expect(await relay.exited).toMatchObject({ signal: 'SIGKILL' });
      expect((await test.probe.effects(captureId)).outbox).toBe(1);
      await Promise.all(STAGES.map(startWorker));
      await test.api.decided(captureId, DECIDED_WITHIN_MS);
      await expectOneEffect(captureId, subjectId);
    });

    it.each(['before-commit', 'after-commit'] as const)(
      'are replaced in every stage when killed %s, and each capture is decided once',
      async (phase) => {
        const captures = await prepare();
        await Promise.all(
          captures.map(({ stage, captureId }) =>
            arm(workerOf(stage), stagePoint(captureId, stage, phase), 'SIGKILL'),
          ),
        );
        const replaceKilled = async ({ stage }: { stage: Stage }): Promise<void> => {
          expect(await workerOf(stage).exited).toMatchObject({ signal: 'SIGKILL' });
          await startWorker(stage);
        };
        await Promise.all([
          ...captures.map(replaceKilled),
          ...captures.map(({ captureId }) => test.api.submit(captureId, frames)),
        ]);
        await Promise.all(captures.map(({ captureId }) => test.api.decided(captureId, DECIDED_WITHIN_MS)));
        for (const { captureId, subjectId } of captures) await expectOneEffect(captureId, subjectId);
      },
    );

    it('run one job twice when the first is frozen past its lock and wakes up late: still one effect', async () => {
      const captures = await prepare(['extraction', 'decision']);
      const frozen = await Promise.all(
        captures.map(async ({ stage, captureId }) => {
          const worker = workerOf(stage);
          await arm(worker, stagePoint(captureId, stage, 'before-commit'), 'SIGSTOP');
          return worker;
        }),
      );
      await Promise.all(captures.map(({ captureId }) => test.api.submit(captureId, frames)));
      await Promise.all(
        captures.map(async ({ stage }, index) => {
          await until(() => isStopped((frozen[index] as Child).pid));
          await startWorker(stage);
        }),
      );
      // A frozen process may hold a row locked until the server ends its idle transaction after 20 s.
      await Promise.all(captures.map(({ captureId }) => test.api.decided(captureId)));
      for (const worker of frozen) worker.kill('SIGCONT');
      await Promise.all(
        captures.map(({ stage, captureId }, index) =>
          until(() => (frozen[index] as Child).output().some((line) => tellsOf(line, stage, captureId))),
        ),
      );
      for (const { captureId, subjectId } of captures) await expectOneEffect(captureId, subjectId);
    });
  });
});

/** Whether a process is stopped by a signal, as Linux tells it. */
async function isStopped(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return /^\d+ \(.*\) T /s.test(stat);
}

/** A line of the worker's log that reports the end of this job's handling. */
function tellsOf(line: string, stage: Stage, captureId: string): boolean {
  if (!line.startsWith('{')) return false;
  const entry = JSON.parse(line) as { stage?: string; captureId?: string };
  return entry.stage === stage && entry.captureId === captureId;
}
