import type { Provider } from '@nestjs/common';
import { AuditTrail, AuditVerification } from '#audit';
import type { Config } from '#config';
import type { Metrics } from '#observability';
import { measureAuditVerifications } from '#operations';
import { auditKeysOf } from '#platform';
import { AuditKeys } from '../audit/audit-keys.js';
import { RefusalRecord } from '../audit/refusal-record.js';
import { fromPlatform } from './from-platform.js';

/** The audit trail: reading, verifying, and the record of what was refused. */
export function auditProviders(config: Config, metrics: Metrics): Provider[] {
  const keys = auditKeysOf(config);
  const verified = measureAuditVerifications(metrics);
  return [
    { provide: AuditKeys, useValue: new AuditKeys(keys.published) },
    fromPlatform(AuditTrail, ({ unitOfWork }) => new AuditTrail(unitOfWork)),
    fromPlatform(AuditVerification, ({ unitOfWork }) => new AuditVerification(unitOfWork, keys, verified)),
    fromPlatform(RefusalRecord, ({ unitOfWork }) => new RefusalRecord(unitOfWork)),
  ];
}
