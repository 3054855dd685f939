export { afterCommit } from './after-commit.js';
export { connect, type ConnectOptions, type DatabaseRole } from './data-source.js';
export { type LastStep, withLastStep } from './last-step.js';
export { Listener } from './listener.js';
export { Loop } from './loop.js';
export { migrate, revertMigration } from './migrate.js';
export { addToOutbox, type ClaimedMessage, type OutboxMessage } from './outbox.js';
export { type OutboxLag, readOutboxLag } from './outbox-lag.js';
export { OutboxRelay, type TopicHandler } from './outbox-relay.js';
export {
  adoptBlobs,
  awaitsBlobRemoval,
  claimBlobRemovals,
  deferBlobRemoval,
  forgetBlobRemoval,
} from './pending-blobs.js';
export { formatCursor, parseCursor, type TimeCursor } from './time-cursor.js';
export { UnitOfWork } from './unit-of-work.js';
