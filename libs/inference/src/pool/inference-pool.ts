import { Piscina } from 'piscina';
import { type PriorDepthMap } from '#biometrics';
import { type BackendName } from '../backends/backend.js';
import { type ExtractionResult, type PhotographExtraction } from '../extraction/extraction.js';
import { type ModelIdentity } from '../manifest/manifest.js';
import { InferencePoolError } from './inference-pool-error.js';
import {
  type ThreadReport,
  type ThreadResult,
  type ThreadSetup,
  type ThreadTask,
} from './thread-protocol.js';

export interface InferencePoolOptions extends ThreadSetup {
  /** Engines; one per core that is to compute, since each keeps to one. */
  readonly threads: number;
  /** Captures and pictures that may wait; more are refused at once. */
  readonly maxQueue: number;
}

export interface ExtractOptions {
  /** Milliseconds until the call fails; a thread still at it then is replaced. */
  readonly deadlineMs: number;
}

const YOUNG_GENERATION_MB = 16;

/** The models could not be started, so this process must not take work. */
export class InferenceStartError extends Error {
  override readonly name = 'InferenceStartError';
}

/** Runs extraction in worker threads, so that the event loop stays free to renew job locks. */
export class InferencePool {
  private pending = 0;
  private closed = false;

  private constructor(
    private readonly piscina: Piscina<ThreadTask, ThreadResult>,
    private readonly capacity: number,
    readonly backend: BackendName,
    readonly models: readonly ModelIdentity[],
    /** Whether the optional depth models were provisioned. */
    readonly estimatesDepth: boolean,
  ) {}

  /**
   * Starts the threads and waits until each has loaded every model and passed the golden self-test.
   * @throws {InferenceStartError} when one cannot; nothing is left running.
   */
  static async start({ threads, maxQueue, ...setup }: InferencePoolOptions): Promise<InferencePool> {
    if (!Number.isInteger(threads) || threads < 1)
      throw new RangeError('an inference pool needs at least one thread');
    if (!Number.isInteger(maxQueue) || maxQueue < 0)
      throw new RangeError('the length of the inference queue is not negative');
    const piscina = new Piscina<ThreadTask, ThreadResult>({
      filename: new URL('./inference.thread.js', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      maxQueue: threads + maxQueue,
      // Pictures live outside the heap and are freed when it is collected: a small young generation does so sooner.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      workerData: setup,
    });
    try {
      const { backend, models, estimatesDepth } = await everyThread(piscina, threads);
      return new InferencePool(piscina, threads + maxQueue, backend, models, estimatesDepth);
    } catch (error) {
      await piscina.destroy();
      throw error;
    }
  }

  /** Captures running or waiting. */
  get load(): number {
    return this.pending;
  }

  /**
   * Extracts landmarks, quality and a template from the frames of a capture.
   * @param frames encoded JPEG, PNG or WebP files, in the order they were taken.
   * @throws {InferencePoolError} for trouble of the infrastructure; verdicts about the frames are results.
   */
  async extract(frames: readonly Uint8Array[], options: ExtractOptions): Promise<ExtractionResult> {
    return (await this.run({ kind: 'extract', frames }, options)) as ExtractionResult;
  }

  /**
   * Makes a template of one photograph of one person, outside any capture.
   * @param picture an encoded JPEG, PNG or WebP file.
   * @throws {InferencePoolError} for trouble of the infrastructure.
   */
  async photograph(picture: Uint8Array, options: ExtractOptions): Promise<PhotographExtraction> {
    return (await this.run({ kind: 'photograph', picture }, options)) as PhotographExtraction;
  }

  /**
   * Guesses the depth of one picture, for people and the mesh only.
   * @param picture an encoded JPEG, PNG or WebP file.
   * @returns `null` when the picture is unreadable or the optional depth models were not provisioned.
   * @throws {InferencePoolError} for trouble of the infrastructure.
   */
  async estimateDepth(picture: Uint8Array, options: ExtractOptions): Promise<PriorDepthMap | null> {
    return (await this.run({ kind: 'depth', picture }, options)) as PriorDepthMap | null;
  }

  private async run(task: ThreadTask, { deadlineMs }: ExtractOptions): Promise<ThreadResult> {
    if (this.closed) throw new InferencePoolError('closed');
    if (this.pending >= this.capacity) throw new InferencePoolError('queue_full');
    const signal = AbortSignal.timeout(deadlineMs);
    this.pending++;
    try {
      return await this.piscina.run(task, { signal });
    } catch (cause) {
      if (signal.aborted) throw new InferencePoolError('deadline_exceeded', { cause });
      throw new InferencePoolError(this.closed ? 'closed' : 'thread_failed', { cause });
    } finally {
      this.pending--;
    }
  }

  /** Lets running captures finish, then stops the threads. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.piscina.close();
  }
}

type Ready = Extract<ThreadReport, { kind: 'ready' }>;

function everyThread(piscina: Piscina, threads: number): Promise<Ready> {
  const ready = new Set<number>();
  return new Promise((resolve, reject) => {
    piscina.on('message', (report: ThreadReport) => {
      if (report.kind === 'failed') return reject(new InferenceStartError(report.reason));
      if (ready.add(report.threadId).size >= threads) resolve(report);
    });
    // Also keeps a thread that fails later from ending the process: its capture is refused and the thread replaced.
    piscina.on('error', (cause: Error) =>
      reject(new InferenceStartError('an inference thread did not start', { cause })),
    );
  });
}
