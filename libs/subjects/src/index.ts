import { AttemptsEntity } from './attempts/attempts.entity.js';
import { ConsentEntity } from './consent.entity.js';
import { DuplicateEntryEntity, DuplicateIndexEntity } from './duplicate-index.entity.js';
import { ReferenceEntity } from './reference.entity.js';
import { SubjectEntity } from './subject.entity.js';

export { type AttemptBudget } from './attempts/attempt-budget.js';
export { clearAttempts, readAttempts, requireAttempt, settleAttempt } from './attempts/attempts.js';
export { subjectPrefix } from './blob-prefix.js';
export { Consents, type OnWithdrawal, requireConsent } from './consents.js';
export { ASSURANCES, type Assurance } from './reference.entity.js';
export { DuplicateIndex, type DuplicateMatch, type DuplicateSearch } from './duplicate-index.js';
export { References, type ReferenceView } from './reference-list.js';
export { type MaintenanceReport, ReferenceMaintenance } from './reference-maintenance.js';
export {
  countReferences,
  deleteReferences,
  enrolmentAssurance,
  findReferences,
  type OnReferencesDeleted,
  type OpenedReference,
  openReferences,
  storeReference,
} from './references.js';
export { type StoredTemplateKey, TemplateKey } from './template-key.js';
export { fromStoredKey, toStoredKey, type StoredKey } from './stored-key.js';
export {
  CAPTURE_ERASED,
  lockSubject,
  Subjects,
  tryLockSubject,
  type Caller,
  type ErasureReport,
  type SubjectView,
} from './subjects.js';
export { ConsentEntity, ReferenceEntity, SubjectEntity };
export const SUBJECT_ENTITIES = [
  SubjectEntity,
  ConsentEntity,
  ReferenceEntity,
  DuplicateIndexEntity,
  DuplicateEntryEntity,
  AttemptsEntity,
];
