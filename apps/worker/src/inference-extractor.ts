import { meanQuality } from '#biometrics';
import type { ExtractionFindings, FaceExtractor, UsedModel } from '#captures';
import type { InferencePool } from '#inference';
import type { ComputeMetrics } from '#operations';

/** The inference pool as the extraction stage sees it: findings in scalars, nothing of a face but the template. */
export class InferenceExtractor implements FaceExtractor {
  constructor(
    private readonly pool: InferencePool,
    private readonly metrics: ComputeMetrics,
  ) {}

  get models(): readonly UsedModel[] {
    return this.pool.models;
  }

  async extract(frames: readonly Uint8Array[], options: { deadlineMs: number }): Promise<ExtractionFindings> {
    const {
      frames: findings,
      template,
      templateFrames,
      consistency,
      groupConsistency,
      halt,
      timingsMs,
    } = await this.pool.extract([...frames], options);
    this.metrics.computed('extraction', timingsMs);
    for (const { quality } of findings) if (quality) this.metrics.measured(quality);
    const quality = meanQuality(templateFrames.flatMap((index) => findings[index]?.quality ?? []));
    const usable = findings.filter(({ status }) => status === 'ok').length;
    return {
      template,
      halt,
      consistency,
      groupConsistency,
      quality,
      frames: findings.flatMap(({ index, width, height, landmarks, pose }) =>
        landmarks && pose ? [{ index, width, height, landmarks, pose }] : [],
      ),
      scalars: {
        backend: this.pool.backend,
        frames: findings.length,
        usableFrames: usable,
        templateFrames: templateFrames.length,
        fallbackFrames: findings.filter(({ detector }) => detector === 'back').length,
        decodeMs: Math.round(timingsMs.decode),
        detectMs: Math.round(timingsMs.detect),
        meshMs: Math.round(timingsMs.mesh),
        templateMs: Math.round(timingsMs.template),
      },
    };
  }
}
