export {
  AUDIT_ACTIONS,
  recordAudit,
  SYSTEM_ACTOR,
  type Actor,
  type AuditAction,
  type AuditEvent,
} from './audit.js';
