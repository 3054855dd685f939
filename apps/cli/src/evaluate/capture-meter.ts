import { AnalysisPool } from '#analysis';
import type {
  Action,
  FusedMesh,
  LivenessSignals,
  ParallaxReconstruction,
  Projection,
  TrajectoryHash,
} from '#biometrics';
import { InferencePool } from '#inference';

const DEADLINE_MS = 60_000;

export interface MeasuredCapture {
  /** The reason why extraction gave no template; then nothing else was measured. */
  readonly halt: string | null;
  readonly signals: LivenessSignals | null;
  readonly projections: readonly Projection[];
  readonly trajectory: TrajectoryHash | null;
  /** Depth measured across frames. */
  readonly parallax: ParallaxReconstruction | null;
  readonly mesh: FusedMesh | null;
}

const NOTHING = { signals: null, projections: [], trajectory: null, parallax: null, mesh: null } as const;

/** Extraction, depth, mesh and liveness as the pipeline runs them, on threads of this process, without queue and database. */
export class CaptureMeter {
  private constructor(
    readonly inference: InferencePool,
    private readonly analysis: AnalysisPool,
  ) {}

  static async start(modelsDir: string, threads: number): Promise<CaptureMeter> {
    const inference = await InferencePool.start({ modelsDir, threads, maxQueue: 64 });
    try {
      return new CaptureMeter(inference, await AnalysisPool.start({ threads, maxQueue: 64 }));
    } catch (error) {
      await inference.close();
      throw error;
    }
  }

  async measure(
    encoded: readonly Uint8Array[],
    actions: readonly Action[],
    times: readonly number[] = [],
    colours: readonly string[] | null = null,
  ): Promise<MeasuredCapture> {
    const deadline = { deadlineMs: DEADLINE_MS };
    const { frames, halt, consistency, groupConsistency } = await this.inference.extract(
      [...encoded],
      deadline,
    );
    if (halt) return { halt, ...NOTHING };
    const usable = frames.flatMap(({ index, width, height, landmarks, pose }) =>
      landmarks && pose
        ? [
            {
              index,
              width,
              height,
              landmarks,
              pose,
              encoded: encoded[index] as Uint8Array,
              tMs: times[index] ?? 0,
            },
          ]
        : [],
    );
    const { signals, projections, trajectory } = await this.analysis.liveness(usable, {
      ...deadline,
      actions,
      colours,
      frameCount: encoded.length,
      projectionSeed: new Uint8Array(32).fill(1),
      trajectorySeed: new Uint8Array(32).fill(2),
    });
    const undrawn = { ...deadline, artifacts: false };
    const { measured } = await this.analysis.depth(usable, undrawn);
    const { mesh } = await this.analysis.mesh(usable, undrawn);
    return {
      halt: null,
      signals: { ...signals, consistency, groupConsistency },
      projections,
      trajectory,
      parallax: measured,
      mesh,
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.inference.close(), this.analysis.close()]);
  }
}
