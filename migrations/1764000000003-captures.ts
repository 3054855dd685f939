import type { MigrationInterface, QueryRunner } from 'typeorm';
import { systemRights, tenantTable } from './support/tenancy.js';

/** The capture state machine's rows: captures, frames, immutable stage results, the one decision, and blobs to reap. */
export class Captures1764000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE captures (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        subject_id uuid,
        purpose text NOT NULL CHECK (purpose IN ('enrolment', 'verification', 'liveness')),
        assurance text CHECK (assurance IN ('self_asserted', 'supervised', 'relying_party_proofed')),
        state text NOT NULL CHECK (state IN ('created', 'started', 'submitted', 'processing', 'decided', 'expired', 'cancelled')),
        policy_version integer NOT NULL CHECK (policy_version >= 0),
        relying_party_nonce text,
        correlation_id text NOT NULL,
        created_by text NOT NULL,
        wrapped_key jsonb,
        page_code_hash bytea NOT NULL,
        page_code_used_at timestamptz,
        nonce text,
        actions text[],
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        started_at timestamptz,
        submit_by timestamptz,
        submitted_at timestamptz,
        submission_digest bytea,
        duplicate_frames smallint NOT NULL DEFAULT 0,
        flow_generation integer NOT NULL DEFAULT 0,
        stage text CHECK (stage IN ('extraction', 'depth', 'mesh', 'liveness', 'decision')),
        stage_started_at timestamptz,
        next_check_at timestamptz,
        deadline_at timestamptz,
        ended_at timestamptz,
        UNIQUE (tenant_id, id),
        FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id) ON DELETE CASCADE,
        CHECK (purpose = 'liveness' OR subject_id IS NOT NULL),
        CHECK ((purpose = 'enrolment') = (assurance IS NOT NULL)),
        CHECK (state NOT IN ('submitted', 'processing') OR (submission_digest IS NOT NULL AND deadline_at IS NOT NULL AND next_check_at IS NOT NULL))
      );
      CREATE INDEX captures_due ON captures (next_check_at) WHERE next_check_at IS NOT NULL;
      CREATE INDEX captures_by_subject ON captures (subject_id, state);
      CREATE INDEX captures_backlog ON captures (id) WHERE state IN ('submitted', 'processing');
      ${tenantTable('captures', 'SELECT, INSERT, UPDATE, DELETE')}
      ${systemRights('captures', 'SELECT (id, tenant_id, state, next_check_at), UPDATE (next_check_at)')}

      CREATE TABLE capture_frames (
        capture_id uuid NOT NULL,
        tenant_id uuid NOT NULL,
        index smallint NOT NULL CHECK (index BETWEEN 0 AND 11),
        blob_key text NOT NULL UNIQUE,
        bytes integer NOT NULL,
        width integer NOT NULL,
        height integer NOT NULL,
        PRIMARY KEY (capture_id, index),
        FOREIGN KEY (tenant_id, capture_id) REFERENCES captures (tenant_id, id) ON DELETE CASCADE
      );
      ${tenantTable('capture_frames', 'SELECT, INSERT, DELETE')}

      CREATE TABLE frame_digests (
        tenant_id uuid NOT NULL,
        digest bytea NOT NULL,
        capture_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, digest),
        FOREIGN KEY (tenant_id, capture_id) REFERENCES captures (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX frame_digests_by_capture ON frame_digests (capture_id);
      ${tenantTable('frame_digests', 'SELECT, INSERT, DELETE')}

      CREATE TABLE capture_projections (
        capture_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        projections bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        FOREIGN KEY (tenant_id, capture_id) REFERENCES captures (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX capture_projections_recent ON capture_projections (tenant_id, created_at DESC);
      ${tenantTable('capture_projections', 'SELECT, INSERT, DELETE')}

      CREATE TABLE stage_results (
        capture_id uuid NOT NULL,
        tenant_id uuid NOT NULL,
        stage text NOT NULL CHECK (stage IN ('extraction', 'depth', 'mesh', 'liveness', 'decision')),
        status text NOT NULL CHECK (status IN ('done', 'skipped', 'failed')),
        halt text,
        generation integer NOT NULL,
        scalars jsonb NOT NULL DEFAULT '{}',
        models jsonb NOT NULL DEFAULT '[]',
        blob_prefix text UNIQUE,
        blob_names text[] NOT NULL DEFAULT '{}',
        started_at timestamptz NOT NULL,
        finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (capture_id, stage),
        FOREIGN KEY (tenant_id, capture_id) REFERENCES captures (tenant_id, id) ON DELETE CASCADE
      );
      ${tenantTable('stage_results', 'SELECT, INSERT, DELETE')}

      CREATE TABLE decisions (
        capture_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'inconclusive')),
        reason text NOT NULL,
        code text NOT NULL CHECK (code IN ('accepted', 'capture_quality', 'challenge_incomplete', 'not_accepted', 'try_again')),
        pad_level text NOT NULL CHECK (pad_level IN ('none', 'challenge', 'challenge_flash')),
        required_pad_level text NOT NULL CHECK (required_pad_level IN ('none', 'challenge', 'challenge_flash')),
        score double precision,
        threshold double precision NOT NULL,
        policy_version integer NOT NULL,
        signals jsonb NOT NULL DEFAULT '{}',
        gates jsonb NOT NULL DEFAULT '{}',
        thresholds jsonb NOT NULL DEFAULT '{}',
        models jsonb NOT NULL DEFAULT '[]',
        decided_at timestamptz NOT NULL DEFAULT now(),
        CHECK ((outcome = 'accepted') = (code = 'accepted')),
        FOREIGN KEY (tenant_id, capture_id) REFERENCES captures (tenant_id, id) ON DELETE CASCADE
      );
      ${tenantTable('decisions', 'SELECT, INSERT, DELETE')}

      CREATE TABLE pending_blobs (
        prefix text PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        due_at timestamptz NOT NULL
      );
      CREATE INDEX pending_blobs_due ON pending_blobs (due_at);
      ${tenantTable('pending_blobs', 'SELECT, INSERT, UPDATE, DELETE')}
      ${systemRights('pending_blobs', 'SELECT, UPDATE (due_at), DELETE')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE pending_blobs, decisions, stage_results, capture_projections, frame_digests, capture_frames, captures',
    );
  }
}
