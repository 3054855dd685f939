export { type EndReason, type FaceSessionClaims } from './face-session.js';
export { endSessionsWithConsent } from './end-with-consent.js';
export { FaceSessionSweeper } from './face-session-sweeper.js';
export { FaceSessions, type FaceSessionSettings, type OpenedFaceSession } from './face-sessions.js';
