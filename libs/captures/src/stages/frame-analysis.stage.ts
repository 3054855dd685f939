import type { Analysis, AnalysedFrame } from '../capture-analyser.js';
import type { AnalysisStage } from '../analysis-stage.js';
import type { StageInput, StageOutcome } from '../stage-transaction.js';
import type { SealedOutputs } from './sealed-outputs.js';
import { usableFrames } from './usable-frames.js';

/** A stage that measures the usable frames and may draw artifacts of them: depth, and mesh. */
export class FrameAnalysisStage implements AnalysisStage {
  constructor(
    private readonly outputs: SealedOutputs,
    private readonly analyse: (frames: readonly AnalysedFrame[]) => Promise<Analysis>,
  ) {}

  run(input: StageInput): Promise<StageOutcome> {
    return this.outputs.withKey(input, async (key) => {
      const { scalars, artifacts } = await this.analyse(await usableFrames(this.outputs, key, input));
      return { status: 'done', scalars, blobs: await this.outputs.write(input, key, artifacts) };
    });
  }
}
