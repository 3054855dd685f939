import { CaptureEntity } from './entities/capture.entity.js';
import { CaptureFrameEntity } from './entities/capture-frame.entity.js';
import { DecisionDuplicateEntity } from './entities/decision-duplicate.entity.js';
import { DecisionEntity } from './entities/decision.entity.js';
import { PolicyEntity } from './entities/policy.entity.js';
import { StageResultEntity } from './entities/stage-result.entity.js';

export { type AcceptedVerification, findAcceptedVerification } from './accepted-verification.js';
export { type AnalysisStage } from './analysis-stage.js';
export { BlobReaper } from './blob-reaper.js';
export { CAPTURE_END_TOPICS, type CaptureEnd, readCaptureEnd } from './events/capture-end.js';
export { AwaitCapture, type AwaitOptions, CAPTURE_ENDED_CHANNEL, wakeEnded } from './await-capture.js';
export { ARTIFACT_TYPES, type ArtifactName } from './artifact-names.js';
export { CancelCapture } from './cancel-capture.js';
export { type ArtifactContent, type ArtifactView, CaptureArtifacts } from './capture-artifacts.js';
export { CaptureQueue, type Place } from './capture-queue.js';
export { captureTopics } from './capture-relay.js';
export { CaptureWaits, type WaitBounds } from './capture-waits.js';
export { CAPTURE_STATES, type CaptureState, isEnded, isInFlight, TRANSITIONS } from './capture.state.js';
export { type CaptureSummary, type CaptureView, ReadCapture } from './capture.view.js';
export { type DecisionView, type ReviewView } from './decision.view.js';
export { CreateCapture, type CreateCaptureCommand, type CreatedCapture } from './create-capture.js';
export { type Comparison } from './entities/decision.entity.js';
export { type Scalars, type UsedModel } from './entities/stage-result.entity.js';
export {
  type AnalysedFrame,
  type Analysis,
  type ArtifactFile,
  type CaptureAnalyser,
  type LivenessAnalysis,
} from './capture-analyser.js';
export { type CapturePass, ExchangePageCode } from './exchange-page-code.js';
export {
  CAPTURE_EVENT_KINDS,
  type CaptureEvent,
  CaptureEvents,
  type CaptureNews,
} from './events/capture-events.js';
export {
  CAPTURE_EVENT_CHANNEL,
  EventSubscriptions,
  type StreamLimit,
  wakeBehind,
} from './events/event-subscriptions.js';
export { FollowCapture, type Followed } from './events/follow-capture.js';
export { type ExtractionFindings, type FaceExtractor } from './face-extractor.js';
export { IssueReceipt } from './issue-receipt.js';
export { type FrameRetention } from './frame-retention.js';
export { type FrameUpload } from './frame-upload.js';
export { FRAME_FORMATS, FRAME_LIMITS } from './picture.js';
export { type AnalysisStages, Pipeline, StageFailure, type StageReport } from './pipeline.js';
export { CAPTURE_LABELS, type CaptureLabel, LabelCapture, type Labelling } from './label-capture.js';
export { type CaptureFilter, type CapturePage, ListCaptures } from './list-captures.js';
export { Policies, type PolicyView } from './policies.js';
export { policyBody, type PolicyBody, type PolicyChanges } from './policy-body.js';
export {
  PolicySimulations,
  SIMULATION_STATES,
  type SimulationQuestion,
  type SimulationState,
  type SimulationView,
} from './simulation/request-simulation.js';
export { RunSimulations } from './simulation/run-simulations.js';
export { type ComparedRate, type SimulationResult, type Transition } from './simulation/simulation-result.js';
export { STAGE_VIEW_STATUSES, type StageView } from './stage-timeline.js';
export { StageTransactions, type StageInput, type StageOutcome } from './stage-transaction.js';
export { ReDrive, type ReDriven, type ReDriveOrder } from './re-drive.js';
export { RecentCaptures } from './recent-captures.js';
export { readStageBacklog, type StageBacklog } from './stage-backlog.js';
export { type DecisionFacts, DecisionStage } from './stages/decision.stage.js';
export { ExtractionStage } from './stages/extraction.stage.js';
export { FrameAnalysisStage } from './stages/frame-analysis.stage.js';
export { LivenessStage } from './stages/liveness.stage.js';
export { SealedOutputs } from './stages/sealed-outputs.js';
export { StartCapture, type StartedCapture } from './start-capture.js';
export { type AttemptsView, RESET_REASONS, type ResetReason, SubjectAttempts } from './subject-attempts.js';
export { SubmitCapture } from './submit-capture.js';
export { Sweeper } from './sweeper.js';
export { TenantSettings, type TenantSettlement, type TenantView } from './tenant-settings.js';
export const CAPTURE_ENTITIES = [
  CaptureEntity,
  CaptureFrameEntity,
  StageResultEntity,
  DecisionEntity,
  DecisionDuplicateEntity,
  PolicyEntity,
];
