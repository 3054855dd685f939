export { type EndReason, type FaceSessionClaims } from './face-session.js';
export { endSessionsWithConsent, endSessionsWithReferences } from './end-with-subject.js';
export { FaceSessionSweeper } from './face-session-sweeper.js';
export { FaceSessions, type FaceSessionSettings, type OpenedFaceSession } from './face-sessions.js';
