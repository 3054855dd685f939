import type { Provider } from '@nestjs/common';
import type { Config } from '#config';
import { FaceSessions } from '#face-sessions';
import { fromPlatform } from './from-platform.js';

/** Sessions of people who were verified by their face. */
export function faceSessionProviders(config: Config): Provider[] {
  const settings = {
    issuer: config.TOKEN_ISSUER,
    captureAgeMs: config.FACE_SESSION_CAPTURE_AGE_MS,
    idleMs: config.FACE_SESSION_IDLE_MS,
    ttlMs: config.FACE_SESSION_TTL_MS,
  };
  return [fromPlatform(FaceSessions, ({ unitOfWork }) => new FaceSessions(unitOfWork, settings))];
}
