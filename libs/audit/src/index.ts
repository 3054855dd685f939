export { copyAuditTo, type AuditRecord } from './audit-log.js';
export { recordAudit } from './audit.js';
export { AUDIT_ACTIONS, SYSTEM_ACTOR, type Actor, type AuditAction, type AuditEvent } from './audit-event.js';
