import type { Metrics } from '#observability';

const RESULTS = ['intact', 'broken'] as const;

/** @returns what counts one verification of an audit chain, by this process */
export function measureAuditVerifications(metrics: Metrics): (valid: boolean) => void {
  const count = metrics.counter(
    'sb_audit_verifications_total',
    'Verifications of audit chains by this process; one that is broken is a reason to wake somebody.',
    { result: RESULTS },
    RESULTS.map((result) => ({ result })),
  );
  return (valid) => count({ result: valid ? 'intact' : 'broken' });
}
