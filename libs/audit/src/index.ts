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
export { type AuditLag, AuditSequencer, readAuditLag } from './chain/sequencer.js';
export { type ChainFault, FAULT_KINDS, type FaultKind } from './chain/verify-chain.js';
export {
  AuditCheckpoints,
  BrokenChainError,
  type StoredCheckpoint,
} from './checkpoints/audit-checkpoints.js';
export { type Checkpoint, type CheckpointKeys, openCheckpoint } from './checkpoints/checkpoint.js';
export { AuditExport, type ExportRange } from './export/audit-export.js';
export { type ExportReport, verifyExport } from './export/verify-export.js';
export {
  type AuditEntry,
  type AuditFilter,
  type AuditPage,
  type AuditReader,
  AuditTrail,
} from './trail/audit-trail.js';
export { type AuditReport, AuditVerification } from './trail/verify-trail.js';
