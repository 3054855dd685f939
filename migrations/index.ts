import { Foundations1764000000001 } from './1764000000001-foundations.js';
import { Subjects1764000000002 } from './1764000000002-subjects.js';
import { Captures1764000000003 } from './1764000000003-captures.js';
import { WatchingCaptures1764000000004 } from './1764000000004-watching-captures.js';
import { Operations1764000000010 } from './1764000000010-operations.js';
import { QueueBoard1764000000044 } from './1764000000044-queue-board.js';
import { People1764000000050 } from './1764000000050-people.js';
import { Services1764000000060 } from './1764000000060-services.js';
import { FaceSessions1764000000061 } from './1764000000061-face-sessions.js';
import { Attempts1764000000070 } from './1764000000070-attempts.js';
import { AuditChain1764000000071 } from './1764000000071-audit-chain.js';
import { Enrolment1764000000080 } from './1764000000080-enrolment.js';
import { Calibration1764000000090 } from './1764000000090-calibration.js';
import { CaptureEvents1764000000100 } from './1764000000100-capture-events.js';
import { IdempotencyKeys1764000000101 } from './1764000000101-idempotency-keys.js';
import { Webhooks1764000000102 } from './1764000000102-webhooks.js';
import { PoliciesAndReceipts1764000000110 } from './1764000000110-policies-and-receipts.js';
import { PolicySimulations1764000000111 } from './1764000000111-policy-simulations.js';
import { Flash1764000000120 } from './1764000000120-flash.js';
import { Trajectories1764000000121 } from './1764000000121-trajectories.js';
import { SessionsEndWithReferences1764000000130 } from './1764000000130-sessions-end-with-references.js';
import { PasswordGeneration1764000000131 } from './1764000000131-password-generation.js';
import { IdempotencyDone1764000000132 } from './1764000000132-idempotency-done.js';

/** Every migration in the order it runs; a test compares this list with the folder. */
export const MIGRATIONS = [
  Foundations1764000000001,
  Subjects1764000000002,
  Captures1764000000003,
  WatchingCaptures1764000000004,
  Operations1764000000010,
  QueueBoard1764000000044,
  People1764000000050,
  Services1764000000060,
  FaceSessions1764000000061,
  Attempts1764000000070,
  AuditChain1764000000071,
  Enrolment1764000000080,
  Calibration1764000000090,
  CaptureEvents1764000000100,
  IdempotencyKeys1764000000101,
  Webhooks1764000000102,
  PoliciesAndReceipts1764000000110,
  PolicySimulations1764000000111,
  Flash1764000000120,
  Trajectories1764000000121,
  SessionsEndWithReferences1764000000130,
  PasswordGeneration1764000000131,
  IdempotencyDone1764000000132,
];
