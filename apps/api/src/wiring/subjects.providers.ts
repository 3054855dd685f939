import type { Provider } from '@nestjs/common';
import { endSessionsWithConsent } from '#face-sessions';
import { Consents, Subjects } from '#subjects';
import { fromPlatform } from './from-platform.js';

/** Subjects and their consents. */
export function subjectProviders(): Provider[] {
  return [
    fromPlatform(Subjects, ({ unitOfWork, keyring }) => new Subjects(unitOfWork, keyring)),
    fromPlatform(Consents, ({ unitOfWork }) => new Consents(unitOfWork, endSessionsWithConsent)),
  ];
}
