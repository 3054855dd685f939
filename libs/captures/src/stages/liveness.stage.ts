import type { Keyring } from '#crypto';
import type { CaptureAnalyser } from '../capture-analyser.js';
import type { AnalysisStage } from '../analysis-stage.js';
import type { RecentCaptures } from '../recent-captures.js';
import type { StageInput, StageOutcome } from '../stage-transaction.js';
import { numberOf } from '../entities/stage-result.entity.js';
import { signalsToScalars } from './liveness-scalars.js';
import { CONSISTENCY, GROUP_CONSISTENCY } from './output-names.js';
import type { SealedOutputs } from './sealed-outputs.js';
import { usableFrames } from './usable-frames.js';

const PROJECTION_LABEL = 'perceptual-projection/v1';
const TRAJECTORY_LABEL = 'trajectory-hash/v1';

/** Measures every sign of life and stores the numbers; what they mean is for the decision and its policy. */
export class LivenessStage implements AnalysisStage {
  constructor(
    private readonly outputs: SealedOutputs,
    private readonly keyring: Keyring,
    private readonly analyser: CaptureAnalyser,
    private readonly recent: RecentCaptures,
    private readonly settings: { readonly deadlineMs: number },
  ) {}

  async run(input: StageInput): Promise<StageOutcome> {
    const { capture } = input;
    const frames = await this.outputs.withKey(input, (key) => usableFrames(this.outputs, key, input));
    const { signals, projections, trajectory } = await this.analyser.liveness(frames, {
      deadlineMs: this.settings.deadlineMs,
      frameCount: input.frames.length,
      actions: capture.actions ?? [],
      colours: capture.colours,
      projectionSeed: await this.keyring.deriveKey(PROJECTION_LABEL),
      trajectorySeed: await this.keyring.deriveKey(TRAJECTORY_LABEL),
    });
    const { nearDuplicates, trajectoryDistance } = await this.recent.compare(
      capture,
      { projections, trajectory },
      input.policy.pad.nearDuplicateBits,
    );
    const extraction = input.results.get('extraction')?.scalars ?? {};
    return {
      status: 'done',
      scalars: signalsToScalars({
        ...signals,
        nearDuplicates: Math.max(nearDuplicates, capture.duplicateFrames),
        trajectoryDistance,
        consistency: numberOf(extraction[CONSISTENCY]),
        groupConsistency: numberOf(extraction[GROUP_CONSISTENCY]),
      }),
    };
  }
}
