import type { AnalysisPool, DepthResult, MeshResult } from '#analysis';
import type { Analysis, AnalysedFrame, CaptureAnalyser, LivenessAnalysis } from '#captures';

type ArtifactOptions = Parameters<CaptureAnalyser['depth']>[1];
type LivenessOptions = Parameters<CaptureAnalyser['liveness']>[1];

/** The analysis threads as the stages see them: findings in scalars, artifacts as files. */
export class PoolAnalyser implements CaptureAnalyser {
  constructor(private readonly pool: AnalysisPool) {}

  async depth(frames: readonly AnalysedFrame[], options: ArtifactOptions): Promise<Analysis> {
    const { measured, bestFrame, artifacts, timingsMs }: DepthResult = await this.pool.depth(frames, options);
    return {
      artifacts,
      scalars: {
        bestFrame,
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
    const { signals, projections } = await this.pool.liveness(frames, options);
    return { signals, projections };
  }
}
