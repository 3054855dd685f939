import { channel } from 'node:diagnostics_channel';
import type { EntityManager } from 'typeorm';
import type { Policy, Reason } from '#biometrics';
import { adoptBlobs, type UnitOfWork } from '#database';
import { type Stage, type StageJob, STAGES } from '#queue';
import { SubjectEntity, type StoredKey, type StoredTemplateKey } from '#subjects';
import { isInFlight } from './capture.state.js';
import { lockCapture, moveCapture } from './capture.repository.js';
import { CaptureEntity } from './entities/capture.entity.js';
import { CaptureFrameEntity } from './entities/capture-frame.entity.js';
import {
  type Scalars,
  StageResultEntity,
  type StageStatus,
  type UsedModel,
} from './entities/stage-result.entity.js';
import { policyOfVersion } from './policies.js';

/** What a stage may read: a snapshot taken in one transaction, so that no transaction is open while the stage computes. */
export interface StageInput {
  readonly job: StageJob;
  readonly capture: CaptureEntity;
  readonly frames: readonly CaptureFrameEntity[];
  readonly results: ReadonlyMap<Stage, StageResultEntity>;
  readonly storedKey: StoredKey;
  /** What the subject's references are turned by; null without one, or without a subject. */
  readonly templateKey: StoredTemplateKey | null;
  readonly policy: Policy;
  readonly startedAt: Date;
  /** Milliseconds since everything before the stage was done; null when this is not the first attempt at it. */
  readonly waitMs: number | null;
}

export interface StageOutcome {
  readonly status: StageStatus;
  readonly halt?: Reason | null;
  readonly scalars?: Scalars;
  readonly models?: readonly UsedModel[];
  /** Sealed outputs, stored under a prefix of this attempt; referenced from the commit on. */
  readonly blobs?: { readonly prefix: string; readonly names: readonly string[] };
}

/** Tells in-process observers (tests, tracing) where a stage stands; they see ids only. */
export const stageChannel = channel('secure-biometric:stage');

/** The two transactions every stage is made of: take a snapshot, commit one immutable result. */
export class StageTransactions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: { readonly checkAfterMs: number },
  ) {}

  /** The stage's input, or null when there is nothing to do: ended, erased, stale generation, or result already there. */
  begin(job: StageJob, stage: Stage): Promise<StageInput | null> {
    return this.unitOfWork.inTenant(job.tenantId, async (manager) => {
      const capture = await currentCapture(manager, job);
      if (!capture) return null;
      const results = await manager.findBy(StageResultEntity, { captureId: capture.id });
      if (results.some((result) => result.stage === stage)) return null;
      if (capture.state === 'submitted') await moveCapture(manager, capture.id, 'processing');
      const startedAt = new Date();
      await manager.update(
        CaptureEntity,
        { id: capture.id },
        {
          stage,
          stageStartedAt: startedAt,
          stageAttempts: attemptsOf(capture, stage) + 1,
          nextCheckAt: this.nextCheck(),
        },
      );
      const { subjectId } = capture;
      const subject = subjectId ? await manager.findOneByOrFail(SubjectEntity, { id: subjectId }) : null;
      return {
        job,
        capture,
        storedKey: capture.wrappedKey ?? (subject as SubjectEntity).wrappedKey,
        templateKey: subject?.templateKey ?? null,
        startedAt,
        waitMs: waitOf(capture, startedAt),
        policy: await policyOfVersion(manager, capture.policyVersion),
        frames: await manager.find(CaptureFrameEntity, {
          where: { captureId: capture.id },
          order: { index: 'ASC' },
        }),
        results: new Map(results.map((result) => [result.stage, result])),
      };
    });
  }

  /**
   * Inserts the result and advances the capture, if the job is still the current one.
   * @returns false when it was not, or another worker's result stands: then nothing was written
   */
  async commit(input: StageInput, stage: Stage, outcome: StageOutcome): Promise<boolean> {
    const { job } = input;
    stageChannel.publish({ captureId: job.captureId, stage, phase: 'before-commit' });
    const committed = await this.unitOfWork
      .inTenant(job.tenantId, async (manager) => {
        const capture = await currentCapture(manager, job);
        if (!capture) return false;
        if (outcome.blobs && !(await adoptBlobs(manager, outcome.blobs.prefix))) return false;
        if (!(await insertResult(manager, { ...input, capture }, stage, outcome)))
          throw new StaleResultError();
        const next = STAGES[STAGES.indexOf(stage) + 1] ?? null;
        await manager.update(
          CaptureEntity,
          { id: job.captureId },
          {
            stage: next,
            stageQueuedAt: new Date(),
            stageStartedAt: null,
            stageAttempts: 0,
            nextCheckAt: this.nextCheck(),
          },
        );
        return true;
      })
      .catch((error: unknown) => {
        if (error instanceof StaleResultError) return false;
        throw error;
      });
    stageChannel.publish({ captureId: job.captureId, stage, phase: 'after-commit' });
    return committed;
  }

  private nextCheck(): Date {
    return new Date(Date.now() + this.settings.checkAfterMs);
  }
}

/** Never negative: the two moments may be of two machines' clocks. */
function waitOf({ stageQueuedAt, stageStartedAt }: CaptureEntity, now: Date): number | null {
  if (!stageQueuedAt || stageStartedAt) return null;
  return Math.max(0, now.getTime() - stageQueuedAt.getTime());
}

/** Rolls the adoption of a blob back when another worker's result came first. */
class StaleResultError extends Error {}

/** The job's capture, locked, if the job may still act on it. */
export async function currentCapture(manager: EntityManager, job: StageJob): Promise<CaptureEntity | null> {
  const capture = await lockCapture(manager, job.captureId);
  return capture && isInFlight(capture.state) && capture.flowGeneration === job.generation ? capture : null;
}

/** How often workers have begun the stage so far; the capture knows it of its current stage only. */
function attemptsOf(capture: CaptureEntity, stage: Stage): number {
  return capture.stage === stage ? capture.stageAttempts : 0;
}

/**
 * Inserts the stage's result for a capture as it stands, locked.
 * @returns false when the stage has its result already: the first one stands
 */
export async function insertResult(
  manager: EntityManager,
  input: StageInput,
  stage: Stage,
  outcome: StageOutcome,
): Promise<boolean> {
  const { raw } = (await manager
    .createQueryBuilder()
    .insert()
    .into(StageResultEntity)
    .values({
      stage,
      captureId: input.job.captureId,
      tenantId: input.job.tenantId,
      generation: input.job.generation,
      attempts: Math.max(1, attemptsOf(input.capture, stage)),
      status: outcome.status,
      halt: outcome.halt ?? null,
      scalars: outcome.scalars ?? {},
      models: [...(outcome.models ?? [])],
      blobPrefix: outcome.blobs?.prefix ?? null,
      blobNames: [...(outcome.blobs?.names ?? [])],
      startedAt: input.startedAt,
    })
    .orIgnore()
    .returning('capture_id')
    .execute()) as { raw: unknown[] };
  return raw.length === 1;
}
