import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { Clients } from '#access';
import { type Calibration, makeTemplate, type PadLevel, type Purpose } from '#biometrics';
import {
  BlobReaper,
  CancelCapture,
  CAPTURE_ENTITIES,
  CreateCapture,
  DecisionStage,
  type ExtractionFindings,
  ExtractionStage,
  Pipeline,
  Policies,
  ReadCapture,
  SealedOutputs,
  type StageInput,
  type StageOutcome,
  StageTransactions,
  StartCapture,
  SubmitCapture,
  Sweeper,
} from '#captures';
import { envKeyring, generateKeyring, type Keyring } from '#crypto';
import { connect, UnitOfWork } from '#database';
import { endSessionsWithConsent, endSessionsWithReferences } from '#face-sessions';
import { type JobState, type Stage, type StageJob, STAGES } from '#queue';
import { type BlobStore, filesystemBlobStore } from '#storage';
import { type Caller, Consents, SUBJECT_ENTITIES, Subjects } from '#subjects';
import { WEBHOOK_ENTITIES } from '#webhooks';
import { createTestDatabase } from './database.js';
import { PERFECT } from './quality.js';
import { DatabaseProbe } from './stack-database.js';

export interface InProcessOptions {
  /** Default 10. */
  readonly poolMax?: number;
  /** Of captures submitted from now on; default ten minutes. */
  readonly deadlineMs?: number;
  /** How soon the sweeper looks at a capture; default at once. */
  readonly checkAfterMs?: number;
  /** The PAD level the tenant's policy asks for; default `none`. */
  readonly requiredPadLevel?: PadLevel;
}

/** How long frames are kept, and what a tenant may settle. */
export const RETENTION = { defaultMs: 3_600_000, maxMs: 7_200_000 };

/** What the fake extractor does with frames; a test replaces it to fail, to wait, or to find something else. */
export type Extract = (frames: readonly Uint8Array[]) => Promise<ExtractionFindings>;

const EVERY_STAGE_MISSING = Object.fromEntries(STAGES.map((stage) => [stage, 'missing'])) as Record<
  Stage,
  JobState | 'missing'
>;

/** The use cases wired as in the product, in this process: real database and blob store, a fake network, no queue. */
export class InProcess {
  extract: Extract = () =>
    Promise.resolve({
      template: face(1),
      halt: null,
      frames: [],
      consistency: 0.9,
      groupConsistency: 0.95,
      quality: PERFECT,
      scalars: { frames: 5 },
    });
  /** What the liveness stage stores; a test replaces it to measure something. */
  liveness: (input: StageInput) => Promise<StageOutcome> = () => Promise.resolve({ status: 'skipped' });
  /** What the running workers have loaded; a test replaces it to retire a model. */
  usableModels: ReadonlySet<string> | null = null;
  /** What is known of the fake network's scores. */
  calibration: Calibration | null = null;
  /** What the queue says of any flow. */
  states = EVERY_STAGE_MISSING;
  /** How it says so; a test replaces it to answer late. */
  queueStates = () => Promise.resolve(this.states);

  readonly keyring: Keyring;
  readonly subjects: Subjects;
  readonly consents: Consents;
  readonly createCapture: CreateCapture;
  readonly startCapture: StartCapture;
  readonly submitCapture: SubmitCapture;
  readonly cancelCapture: CancelCapture;
  readonly readCapture: ReadCapture;
  readonly pipeline: Pipeline;
  readonly reaper: BlobReaper;
  /** What the reaper could not remove. */
  readonly unremoved: unknown[] = [];
  private readonly decision: DecisionStage;

  private constructor(
    readonly unitOfWork: UnitOfWork,
    /** The keyring as JSON, for tests of its life. */
    readonly keyringText: string,
    readonly blobs: BlobStore,
    readonly probe: DatabaseProbe,
    readonly databaseUrl: string,
    readonly caller: Caller,
    private readonly checkAfterMs: number,
    deadlineMs: number,
    private readonly undo: (() => Promise<unknown>)[],
  ) {
    const keyring = envKeyring(keyringText);
    this.keyring = keyring;
    this.subjects = new Subjects(unitOfWork, keyring);
    this.consents = new Consents(unitOfWork, endSessionsWithConsent);
    this.createCapture = new CreateCapture(unitOfWork, keyring, {
      expiresMs: 600_000,
      usableModels: () => Promise.resolve(this.usableModels),
    });
    this.startCapture = new StartCapture(unitOfWork);
    this.submitCapture = new SubmitCapture(unitOfWork, keyring, blobs, {
      deadlineMs,
      checkAfterMs,
      maxBacklog: 10_000,
    });
    this.cancelCapture = new CancelCapture(unitOfWork);
    this.readCapture = new ReadCapture(unitOfWork);
    this.reaper = new BlobReaper(unitOfWork, blobs, (error) => this.unremoved.push(error));
    this.decision = this.newDecision(keyring);
    this.pipeline = this.newPipeline();
  }

  static async open(options: InProcessOptions = {}): Promise<InProcess> {
    const undo: (() => Promise<unknown>)[] = [];
    try {
      const database = await createTestDatabase();
      undo.push(() => database.drop());
      const directory = await mkdtemp(join(tmpdir(), 'secure-biometric-in-process-'));
      undo.push(() => rm(directory, { recursive: true, force: true }));
      const { url } = database;
      const { poolMax = 10, checkAfterMs = 1, deadlineMs = 600_000, requiredPadLevel = 'none' } = options;
      const entities = [...SUBJECT_ENTITIES, ...CAPTURE_ENTITIES, ...WEBHOOK_ENTITIES];
      const unitOfWork = new UnitOfWork(
        await connect({ url, role: 'sb_app', entities, poolMax }),
        await connect({ url, role: 'sb_system', poolMax: 2 }),
      );
      undo.push(() => unitOfWork.close());
      const probe = await DatabaseProbe.open(url);
      undo.push(() => probe.close());
      const tenantId = await new Clients(unitOfWork).tenant('first');
      await new Policies(unitOfWork).add(tenantId, { requiredPadLevel });
      return new InProcess(
        unitOfWork,
        generateKeyring(),
        await filesystemBlobStore(directory),
        probe,
        url,
        callerOf(tenantId),
        checkAfterMs,
        deadlineMs,
        undo,
      );
    } catch (error) {
      for (const step of undo.reverse()) await step();
      throw error;
    }
  }

  get tenantId(): string {
    return this.caller.tenantId;
  }

  async close(): Promise<void> {
    for (const step of this.undo.splice(0).reverse()) await step();
  }

  /** A pipeline as another worker process would have it, if asked with another keyring. */
  newPipeline(keyring = this.keyring): Pipeline {
    const extractor = {
      models: [{ id: 'fake', version: '1', sha256: '0'.repeat(64) }],
      extract: (frames: readonly Uint8Array[]) => this.extract(frames),
    };
    const extraction = new ExtractionStage(this.newOutputs(keyring), extractor, { deadlineMs: 10_000 });
    // Stages that have a suite of their own say nothing here.
    const skipped = { run: () => Promise.resolve({ status: 'skipped' as const }) };
    const liveness = { run: (input: StageInput) => this.liveness(input) };
    const stages = { extraction, depth: skipped, mesh: skipped, liveness };
    return new Pipeline(
      new StageTransactions(this.unitOfWork, { checkAfterMs: this.checkAfterMs }),
      stages,
      keyring === this.keyring ? this.decision : this.newDecision(keyring),
    );
  }

  private newOutputs(keyring: Keyring): SealedOutputs {
    return new SealedOutputs(this.unitOfWork, keyring, this.blobs, { orphanAfterMs: 3_600_000 });
  }

  private newDecision(keyring: Keyring): DecisionStage {
    return new DecisionStage(this.unitOfWork, keyring, this.newOutputs(keyring), {
      frameRetention: RETENTION,
      onReferencesReplaced: endSessionsWithReferences,
      calibrationOf: () => this.calibration,
    });
  }

  newSweeper(): Sweeper {
    return new Sweeper(this.unitOfWork, { states: () => this.queueStates() }, this.decision, {
      checkAfterMs: 60_000,
      onError: (error) => {
        throw error;
      },
    });
  }

  /** A subject that consented to everything. */
  async subject(caller = this.caller): Promise<string> {
    const { id } = await this.subjects.create(caller);
    for (const purpose of ['enrolment', 'verification', 'liveness'] as const) {
      await this.consents.give(caller, id, { purpose, noticeVersion: '1' });
    }
    return id;
  }

  async started(purpose: Purpose, subjectId?: string, caller = this.caller): Promise<string> {
    const { id } = await this.createCapture.execute(caller, { purpose, subjectId });
    await this.startCapture.execute(caller, id);
    return id;
  }

  async submit(captureId: string, caller = this.caller): Promise<void> {
    const picture = await somePicture();
    await this.submitCapture.execute(caller, captureId, async (upload) => {
      for (let index = 0; index < 5; index++) await upload.add(picture, false);
    });
  }

  /** A submitted capture. @returns the job of its first generation */
  async submitted(purpose: Purpose, subjectId?: string, caller = this.caller): Promise<StageJob> {
    const captureId = await this.started(purpose, subjectId, caller);
    await this.submit(captureId, caller);
    return { v: 1, tenantId: caller.tenantId, captureId, generation: 1 };
  }

  /** Runs the stages of a capture in order, as far as `until`, inclusive. */
  async runStages(job: StageJob, until: Stage = 'decision'): Promise<void> {
    for (const stage of STAGES.slice(0, STAGES.indexOf(until) + 1)) await this.handle(stage, job);
  }

  handle(stage: Stage, job: StageJob, options: { lastAttempt?: boolean; pipeline?: Pipeline } = {}) {
    const { lastAttempt = false, pipeline = this.pipeline } = options;
    return pipeline.handle(stage, job, { lastAttempt, signal: new AbortController().signal });
  }

  /** Keys of all blobs of the tenant. */
  async blobKeys(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.blobs.list('')) keys.push(key);
    return keys.sort();
  }
}

export function callerOf(tenantId: string): Caller {
  return { tenantId, actor: { kind: 'client', id: 'test' }, correlationId: 'correlation-of-a-test' };
}

/** A template that is the same for the same seed, and far from any other's. */
export function face(seed: number) {
  return makeTemplate(
    'fake@1',
    Array.from({ length: 192 }, (_, index) => Math.sin(seed * (index + 1) + index * index * 0.37)),
  );
}

let picture: Promise<Buffer> | undefined;
function somePicture(): Promise<Buffer> {
  picture ??= sharp({ create: { width: 32, height: 24, channels: 3, background: '#808080' } })
    .jpeg()
    .toBuffer();
  return picture;
}
