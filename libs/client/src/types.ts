import type { components } from './openapi.js';

type Schemas = components['schemas'];

export type Capture = Schemas['Capture'];
export type CaptureSummary = Schemas['CaptureSummary'];
export type CaptureState = Capture['state'];
export type Consent = Schemas['Consent'];
export type ConsentRequest = Schemas['GiveConsent'];
export type CreateCaptureRequest = Schemas['CreateCaptureRequest'];
export type CreatedCapture = Schemas['CreatedCapture'];
export type Decision = Schemas['Decision'];
export type ErasureReport = Schemas['Erasure'];
export type Stage = Schemas['Stage'];
export type StartedCapture = Schemas['StartedCapture'];
export type Subject = Schemas['Subject'];
export type SubmittedCapture = Schemas['SubmittedCapture'];
export type { components, operations, paths } from './openapi.js';

const ENDED: readonly CaptureState[] = ['decided', 'expired', 'cancelled'];

/** Whether nothing happens to the capture any more. */
export function isEnded(state: CaptureState): boolean {
  return ENDED.includes(state);
}
