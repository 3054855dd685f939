export * from './portrait/index.js';
export { type AttackOptions, simulateAttack } from './capture/attacks.js';
export { liveLandmarks, type RawFrame, renderLive, simulateLive } from './capture/live.js';
export { encodeJpeg } from './capture/encode.js';
export { photographOf, snapshotOf } from './capture/photograph.js';
export { type Resubmission, RESUBMISSIONS, resubmit } from './capture/resubmit.js';
export {
  type CaptureOptions,
  FLASH_SPECIES,
  type FrameTruth,
  type SimulatedCapture,
  type SimulatedFrame,
  SPECIES,
  type Species,
} from './capture/simulated-capture.js';
export { simulatedChallenge, simulatedFlash } from './capture/simulated-challenge.js';
export { contactSheet } from './contact-sheet.js';
export { createPeople, IDENTITIES } from './head/identities.js';
export { type MakeUp } from './head/make-up.js';
export { type Morph, NO_MORPH } from './head/morph.js';
export { createStrangers } from './head/strangers.js';
export { createSubject, type Subject, type SubjectOptions } from './head/subject.js';
export { Random } from './random.js';
