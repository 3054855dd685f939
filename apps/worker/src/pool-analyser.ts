import { type AnalysisPool, bestFrame, type DepthResult, type MeshResult } from '#analysis';
import type { PriorDepthMap } from '#biometrics';
import type { Analysis, AnalysedFrame, CaptureAnalyser, LivenessAnalysis } from '#captures';
import type { ComputeMetrics } from '#operations';

type ArtifactOptions = Parameters<CaptureAnalyser['depth']>[1];
type LivenessOptions = Parameters<CaptureAnalyser['liveness']>[1];

/** Guesses the depth of one encoded picture; null when it cannot be read. */
export type EstimateDepth = (
  picture: Uint8Array,
  options: { readonly deadlineMs: number },
) => Promise<PriorDepthMap | null>;

/** The analysis threads as the stages see them: findings in scalars, artifacts as files. */
export class PoolAnalyser implements CaptureAnalyser {
  /** @param estimateDepth where the neural depth models were provisioned. */
  constructor(
    private readonly pool: AnalysisPool,
    private readonly metrics: ComputeMetrics,
    private readonly estimateDepth?: EstimateDepth,
  ) {}

  async depth(frames: readonly AnalysedFrame[], options: ArtifactOptions): Promise<Analysis> {
    const began = performance.now();
    const prior =
      options.artifacts && this.estimateDepth
        ? await this.estimateDepth(bestFrame(frames).encoded, options)
        : null;
    const priorMs = Math.round(performance.now() - began);
    const result: DepthResult = await this.pool.depth(frames, { ...options, prior });
    const { measured, artifacts, timingsMs } = result;
    this.metrics.computed('depth', { ...timingsMs, ...(prior && { prior: priorMs }) });
    return {
      artifacts,
      scalars: {
        bestFrame: result.bestFrame,
        ...(options.artifacts && { priorMethod: prior?.method ?? 'landmarks' }),
        ...(prior && { priorMs }),
        measuredFrames: measured?.frames ?? 0,
        reliefRms: measured?.reliefRms ?? null,
        residualRms: measured?.residualRms ?? null,
        planeResidualRms: measured?.planeResidualRms ?? null,
        turnRad: measured?.turn ?? null,
        parallaxMs: Math.round(timingsMs.parallax),
        artifactsMs: Math.round(timingsMs.artifacts),
      },
    };
  }

  async mesh(frames: readonly AnalysedFrame[], options: ArtifactOptions): Promise<Analysis> {
    const { mesh, bestFrame, artifacts, timingsMs }: MeshResult = await this.pool.mesh(frames, options);
    this.metrics.computed('mesh', timingsMs);
    return {
      artifacts,
      scalars: {
        bestFrame,
        fusedFrames: mesh.frames,
        residualRmsMm: mesh.residualRmsMm,
        assumedInterPupillaryMm: mesh.scale.interPupillaryMm,
        fusionMs: Math.round(timingsMs.fusion),
        artifactsMs: Math.round(timingsMs.artifacts),
      },
    };
  }

  async liveness(frames: readonly AnalysedFrame[], options: LivenessOptions): Promise<LivenessAnalysis> {
    const { timingsMs, ...analysis } = await this.pool.liveness(frames, options);
    this.metrics.computed('liveness', timingsMs);
    return analysis;
  }
}
