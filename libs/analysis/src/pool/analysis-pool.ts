import { Piscina } from 'piscina';
import { type Action, type PriorDepthMap } from '#biometrics';
import {
  type CaptureFrame,
  type DepthResult,
  type LivenessResult,
  type MeshResult,
} from '../tasks/results.js';
import { type AnalysisResult, type AnalysisTask } from '../tasks/task.js';
import { AnalysisPoolError } from './analysis-pool-error.js';

export interface AnalysisPoolOptions {
  /** Captures analysed at once; one per core that is to compute. */
  readonly threads: number;
  /** Calls that may wait; more are refused at once. */
  readonly maxQueue: number;
}

export interface AnalysisCall {
  /** Milliseconds until the call fails; a thread still at it then is replaced. */
  readonly deadlineMs: number;
}

const YOUNG_GENERATION_MB = 16;

/** Measures depth, mesh and signs of life in worker threads, so that the event loop stays free to renew job locks. */
export class AnalysisPool {
  private pending = 0;
  private closed = false;

  private constructor(
    private readonly piscina: Piscina<AnalysisTask, AnalysisResult>,
    private readonly capacity: number,
  ) {}

  /**
   * Starts the threads and waits until each has loaded its code.
   * @throws {AnalysisPoolError} `thread_failed` when one cannot; nothing is left running.
   */
  static async start({ threads, maxQueue }: AnalysisPoolOptions): Promise<AnalysisPool> {
    if (!Number.isInteger(threads) || threads < 1)
      throw new RangeError('an analysis pool needs at least one thread');
    if (!Number.isInteger(maxQueue) || maxQueue < 0)
      throw new RangeError('the length of the analysis queue is not negative');
    const piscina = new Piscina<AnalysisTask, AnalysisResult>({
      filename: new URL('./analysis.thread.js', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      maxQueue: threads + maxQueue,
      // Pictures live outside the heap and are freed when it is collected: a small young generation does so sooner.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    try {
      await everyThread(piscina, threads);
      return new AnalysisPool(piscina, threads + maxQueue);
    } catch (error) {
      await piscina.destroy();
      throw error;
    }
  }

  /** Calls running or waiting. */
  get load(): number {
    return this.pending;
  }

  /**
   * Measures depth across the usable frames of a capture.
   * @param options `artifacts`: also draw `depth.png` and `overlay.png`; `prior`: what a network guessed for the best frame, to be drawn instead of
   *   what its landmarks suggest.
   * @throws {AnalysisPoolError} `invalid_input` without frames or when frames and landmarks do not belong together.
   */
  async depth(
    frames: readonly CaptureFrame[],
    options: AnalysisCall & { artifacts: boolean; prior?: PriorDepthMap | null },
  ): Promise<DepthResult> {
    const { artifacts, prior = null } = options;
    const task: AnalysisTask = { kind: 'depth', frames, artifacts, prior };
    return (await this.run(task, options)) as DepthResult;
  }

  /**
   * Fuses the usable frames of a capture into a mesh.
   * @param options `artifacts`: also write `mesh.glb` and `mesh.obj`.
   * @throws {AnalysisPoolError} `invalid_input` without frames or when frames and landmarks do not belong together.
   */
  async mesh(
    frames: readonly CaptureFrame[],
    options: AnalysisCall & { artifacts: boolean },
  ): Promise<MeshResult> {
    const task: AnalysisTask = { kind: 'mesh', frames, artifacts: options.artifacts };
    return (await this.run(task, options)) as MeshResult;
  }

  /**
   * Measures signs of life on the usable frames of a capture.
   * @param options `frameCount`: all frames submitted; `actions`: what was asked, in order; `colours`: what the screen showed at each; `projectionSeed` and `trajectorySeed`: 32 secret bytes each.
   * @throws {AnalysisPoolError} `invalid_input` when frames, landmarks and actions do not belong together.
   */
  async liveness(
    frames: readonly CaptureFrame[],
    options: AnalysisCall & {
      frameCount: number;
      actions: readonly Action[];
      colours: readonly string[] | null;
      projectionSeed: Uint8Array;
      trajectorySeed: Uint8Array;
    },
  ): Promise<LivenessResult> {
    const { frameCount, actions, colours, projectionSeed, trajectorySeed } = options;
    const order = { frames, frameCount, actions, colours, projectionSeed, trajectorySeed };
    const task: AnalysisTask = { kind: 'liveness', ...order };
    return (await this.run(task, options)) as LivenessResult;
  }

  /** Lets running calls finish, then stops the threads. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.piscina.close();
  }

  private async run(task: AnalysisTask, { deadlineMs }: AnalysisCall): Promise<AnalysisResult> {
    if (this.closed) throw new AnalysisPoolError('closed');
    if (this.pending >= this.capacity) throw new AnalysisPoolError('queue_full');
    const signal = AbortSignal.timeout(deadlineMs);
    this.pending++;
    try {
      return await this.piscina.run(task, { signal });
    } catch (cause) {
      if (signal.aborted) throw new AnalysisPoolError('deadline_exceeded', { cause });
      if (isRangeError(cause)) throw new AnalysisPoolError('invalid_input', { cause });
      throw new AnalysisPoolError(this.closed ? 'closed' : 'thread_failed', { cause });
    } finally {
      this.pending--;
    }
  }
}

/** Errors of a thread arrive as copies, which keep the name of a built-in class but nothing else of it. */
function isRangeError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'RangeError';
}

function everyThread(piscina: Piscina, threads: number): Promise<void> {
  const ready = new Set<number>();
  return new Promise((resolve, reject) => {
    piscina.on('message', ({ threadId }: { threadId: number }) => {
      if (ready.add(threadId).size >= threads) resolve();
    });
    // Also keeps a thread that fails later from ending the process: its call is refused and the thread replaced.
    piscina.on('error', (cause: Error) => reject(new AnalysisPoolError('thread_failed', { cause })));
  });
}
