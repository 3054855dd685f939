import { randomBytes, randomUUID } from 'node:crypto';
import type { RelyingParty, TestApi } from './test-api.js';

/** Puts captures and subjects into states that only a worker reaches, straight in the database. */
export class Fixtures {
  constructor(private readonly api: TestApi) {}

  /** A subject that consented to everything, has a reference (of random bytes), and failed so many verifications just now. */
  async enrolledSubject(
    party: RelyingParty,
    { failures = 0, modelId }: { failures?: number; modelId?: string } = {},
  ): Promise<string> {
    const subjectId = await this.api.as(party.token).consentingSubject();
    await this.reference(party, subjectId, modelId);
    await this.api.sql(
      `INSERT INTO subject_attempts (subject_id, tenant_id, window_started_at, failures, inconclusive, consecutive_failures, last_failure_at)
       VALUES ($1, $2, now(), $3, 0, $3, CASE WHEN $3 > 0 THEN now() END)`,
      [subjectId, party.tenantId, failures],
    );
    return subjectId;
  }

  /** Gives a subject one more reference (of random bytes). @returns its id */
  async reference(party: RelyingParty, subjectId: string, modelId = 'model@1'): Promise<string> {
    const id = randomUUID();
    await this.api.sql(
      `INSERT INTO subject_references (id, tenant_id, subject_id, ordinal, capture_id, model_id, sealed_template, assurance)
       SELECT $1, $2, $3, 1 + count(*), $4, $6, $5, 'supervised' FROM subject_references WHERE subject_id = $3`,
      [id, party.tenantId, subjectId, randomUUID(), randomBytes(800), modelId],
    );
    return id;
  }

  /** Puts the reference into the tenant's index of duplicates (as random bytes), and has a decision name its subject. */
  async duplicate(party: RelyingParty, subjectId: string, captureId: string): Promise<void> {
    await this.api.sql(
      `INSERT INTO duplicate_indexes (tenant_id, wrapped_key, template_key) VALUES ($1, '{}', '{}') ON CONFLICT DO NOTHING`,
      [party.tenantId],
    );
    await this.api.sql(
      `INSERT INTO duplicate_entries (reference_id, tenant_id, subject_id, model_id, sealed_template)
       SELECT id, tenant_id, subject_id, model_id, sealed_template FROM subject_references WHERE subject_id = $1`,
      [subjectId],
    );
    await this.api.sql(
      `INSERT INTO decision_duplicates (capture_id, tenant_id, subject_id, score) VALUES ($1, $2, $3, 0.9)`,
      [captureId, party.tenantId, subjectId],
    );
  }

  /** Has a worker say that it has loaded this model. */
  async workerWith(id: string, version: string): Promise<void> {
    const models = [{ id, version, sha256: '00', optional: false, loaded: true }];
    await this.api.sql(
      `INSERT INTO worker_heartbeats (worker_id, version, stages, inference_backend, models) VALUES ($1, '0', '{}', 'wasm', $2)`,
      [randomUUID(), JSON.stringify(models)],
    );
  }

  /** A verification of the subject that was accepted just now, compared with all it has. @returns the capture's id */
  async acceptedVerification(
    party: RelyingParty,
    subjectId: string,
    relyingPartyNonce?: string,
  ): Promise<string> {
    const command = { purpose: 'verification' as const, subjectId, relyingPartyNonce };
    const { id } = await this.api.as(party.token).create(command);
    await this.api.sql(
      `INSERT INTO decisions (capture_id, tenant_id, outcome, reason, code, pad_level, required_pad_level, score, threshold, policy_version, comparisons)
       SELECT id, tenant_id, 'accepted', 'accepted', 'accepted', 'challenge', 'challenge', 0.8, 0.55, 0,
         (SELECT jsonb_agg(jsonb_build_object('referenceId', r.id, 'score', 0.8)) FROM subject_references r WHERE r.subject_id = c.subject_id)
       FROM captures c WHERE id = $1`,
      [id],
    );
    await this.setState(id, 'decided');
    return id;
  }

  /** Decides a submitted capture as rejected for `no_match`. */
  async decide(captureId: string): Promise<void> {
    await this.api.sql(
      `INSERT INTO decisions (capture_id, tenant_id, outcome, reason, code, pad_level, required_pad_level, score, threshold, policy_version)
       SELECT id, tenant_id, 'rejected', 'no_match', 'not_accepted', 'none', 'none', 0.4242, 0.5555, 0 FROM captures WHERE id = $1`,
      [captureId],
    );
    await this.api.sql(
      `INSERT INTO stage_results (capture_id, tenant_id, stage, status, generation, scalars, started_at)
       SELECT id, tenant_id, 'extraction', 'done', 1, '{"sharpness": 0.4343}', now() FROM captures WHERE id = $1`,
      [captureId],
    );
    await this.api.sql(
      `INSERT INTO capture_projections (capture_id, tenant_id, projections)
       SELECT id, tenant_id, '\\x00' FROM captures WHERE id = $1`,
      [captureId],
    );
    await this.setState(captureId, 'decided');
  }

  /** Has a stage of the capture claim that it made this output; there is no blob. */
  async artifact(captureId: string, stage: string, name: string): Promise<void> {
    await this.api.sql(
      `INSERT INTO stage_results (capture_id, tenant_id, stage, status, generation, blob_prefix, blob_names, started_at)
       SELECT id, tenant_id, $2, 'done', 1, 't/' || tenant_id || '/c/' || id || '/r/x/', ARRAY[$3], now() FROM captures WHERE id = $1`,
      [captureId, stage, name],
    );
  }

  async setState(captureId: string, state: string): Promise<void> {
    await this.api.sql(
      `UPDATE captures SET state = $2, submission_digest = coalesce(submission_digest, '\\x00'),
         deadline_at = now() + interval '1 hour', next_check_at = now() + interval '1 hour' WHERE id = $1`,
      [captureId, state],
    );
  }
}
