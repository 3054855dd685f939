export { copyAuditTo, type AuditRecord } from './audit-log.js';
export { recordAudit } from './audit.js';
export {
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  SYSTEM_ACTOR,
  type Actor,
  type AuditAction,
  type AuditEvent,
  type AuditOutcome,
} from './audit-event.js';
export { DatabaseChain } from './chain/database-chain.js';
export { linkHash, type ChainedEvent, type ChainLink, GENESIS_HASH } from './chain/link.js';
export { type AuditLag, AuditSequencer, readAuditLag } from './chain/sequencer.js';
export {
  BEFORE_FIRST,
  type ChainFault,
  type ChainSource,
  FAULT_KINDS,
  type FaultKind,
  verifyChain,
  type VerifiedLinks,
} from './chain/verify-chain.js';
export {
  AuditCheckpoints,
  BrokenChainError,
  type StoredCheckpoint,
} from './checkpoints/audit-checkpoints.js';
export {
  type Checkpoint,
  type CheckpointKeys,
  openCheckpoint,
  signCheckpoint,
} from './checkpoints/checkpoint.js';
export {
  type AuditEntry,
  type AuditFilter,
  type AuditPage,
  type AuditReader,
  AuditTrail,
} from './trail/audit-trail.js';
export { type AuditReport, AuditVerification } from './trail/verify-trail.js';
export { AuditExport, type ExportRange } from './export/audit-export.js';
export { type ExportReport, verifyExport } from './export/verify-export.js';
