import type { Provider } from '@nestjs/common';
import { SubjectAttempts } from '#captures';
import { endSessionsWithConsent, endSessionsWithReferences } from '#face-sessions';
import { Consents, References, Subjects } from '#subjects';
import { fromPlatform } from './from-platform.js';

/** Subjects, their consents, references and attempts. */
export function subjectProviders(): Provider[] {
  return [
    fromPlatform(Subjects, ({ unitOfWork, keyring }) => new Subjects(unitOfWork, keyring)),
    fromPlatform(References, ({ unitOfWork }) => new References(unitOfWork, endSessionsWithReferences)),
    fromPlatform(Consents, ({ unitOfWork }) => new Consents(unitOfWork, endSessionsWithConsent)),
    fromPlatform(SubjectAttempts, ({ unitOfWork }) => new SubjectAttempts(unitOfWork)),
  ];
}
