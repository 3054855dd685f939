import { encodeLandmarks, encodeTemplate } from '#biometrics';
import type { FaceExtractor } from '../face-extractor.js';
import { frameAad } from '../capture-blobs.js';
import type { AnalysisStage } from '../analysis-stage.js';
import type { StageInput, StageOutcome } from '../stage-transaction.js';
import { CONSISTENCY, GROUP_CONSISTENCY, LANDMARKS, PROBE, TEMPLATE_MODEL } from './output-names.js';
import { qualityToScalars } from './quality-scalars.js';
import type { SealedOutputs } from './sealed-outputs.js';

/** Frames in; one sealed probe template and the landmarks out, or the reason why these frames give none. */
export class ExtractionStage implements AnalysisStage {
  constructor(
    private readonly outputs: SealedOutputs,
    private readonly extractor: FaceExtractor,
    private readonly settings: { readonly deadlineMs: number },
  ) {}

  run(input: StageInput): Promise<StageOutcome> {
    return this.outputs.withKey(input, async (key) => {
      const encoded = await Promise.all(
        input.frames.map(({ index, blobKey }) =>
          this.outputs.read(key, blobKey, frameAad(input.capture, index)),
        ),
      );
      const found = await this.extractor.extract(encoded, { deadlineMs: this.settings.deadlineMs });
      const { halt, template, frames, consistency, groupConsistency } = found;
      const { models } = this.extractor;
      const scalars = {
        ...found.scalars,
        ...qualityToScalars(found.quality),
        [CONSISTENCY]: consistency,
        [GROUP_CONSISTENCY]: groupConsistency,
      };
      if (halt) return { status: 'done', halt, scalars, models };
      if (!template) throw new Error('Extraction returned neither a template nor a reason');
      const { modelId } = template;
      const blobs = await this.outputs.write(input, key, [
        { name: PROBE, bytes: encodeTemplate(template), model: modelId },
        { name: LANDMARKS, bytes: encodeLandmarks(frames) },
      ]);
      return { status: 'done', scalars: { ...scalars, [TEMPLATE_MODEL]: modelId }, models, blobs };
    });
  }
}
