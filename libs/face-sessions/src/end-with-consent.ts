import type { OnWithdrawal } from '#subjects';
import { endSessions } from './face-session.js';

/** A session rests on the consent to verification: it ends with it, in the same transaction. */
export const endSessionsWithConsent: OnWithdrawal = async (manager, caller, { subjectId, purpose }) => {
  if (purpose !== 'verification') return;
  await endSessions(manager, caller, 'consent_withdrawn', { sql: 'subject_id = $1', value: subjectId });
};
