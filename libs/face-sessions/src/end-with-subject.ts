import type { OnReferencesDeleted, OnWithdrawal } from '#subjects';
import { endSessions } from './face-session.js';

/** A session rests on the consent to verification: it ends with it, in the same transaction. */
export const endSessionsWithConsent: OnWithdrawal = async (manager, caller, { subjectId, purpose }) => {
  if (purpose !== 'verification') return;
  await endSessions(manager, caller, 'consent_withdrawn', { sql: 'subject_id = $1', value: subjectId });
};

/** And on the references it was verified against: whoever deletes or replaces one may not trust what it let in. */
export const endSessionsWithReferences: OnReferencesDeleted = async (manager, by, subjectId) => {
  await endSessions(manager, by, 'reference_deleted', { sql: 'subject_id = $1', value: subjectId });
};
