import type { Provider } from '@nestjs/common';
import { Consents, References, Subjects } from '#subjects';
import { fromPlatform } from './from-platform.js';

/** Subjects, their consents and references. */
export function subjectProviders(): Provider[] {
  return [
    fromPlatform(Subjects, ({ unitOfWork, keyring }) => new Subjects(unitOfWork, keyring)),
    fromPlatform(References, ({ unitOfWork }) => new References(unitOfWork)),
    fromPlatform(Consents, ({ unitOfWork }) => new Consents(unitOfWork)),
  ];
}
