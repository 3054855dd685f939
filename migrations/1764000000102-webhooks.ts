import type { MigrationInterface, QueryRunner } from 'typeorm';
import { systemRights, tenantTable } from './support/tenancy.js';

/** Webhooks: endpoints and their secrets, what there is to tell, to whom it is delivered, and every attempt at that. */
export class Webhooks1764000000102 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook_endpoints (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        url text NOT NULL CHECK (length(url) <= 2048),
        description text NOT NULL DEFAULT '',
        event_types text[],
        state text NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'disabled')),
        disabled_reason text CHECK (disabled_reason IN ('requested', 'gone', 'failing')),
        disabled_at timestamptz,
        failing_since timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, id),
        CHECK ((state = 'disabled') = (disabled_reason IS NOT NULL) AND (disabled_reason IS NULL) = (disabled_at IS NULL))
      );
      ${tenantTable('webhook_endpoints', 'SELECT, INSERT, UPDATE, DELETE')}
      ${systemRights('webhook_endpoints', 'SELECT (id, state)')}

      CREATE TABLE webhook_secrets (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        endpoint_id uuid NOT NULL,
        wrapped_key jsonb NOT NULL,
        sealed_secret bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        expires_at timestamptz,
        FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX webhook_secrets_by_endpoint ON webhook_secrets (endpoint_id);
      ${tenantTable('webhook_secrets', 'SELECT, INSERT, UPDATE (expires_at), DELETE')}

      CREATE TABLE webhook_events (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        type text NOT NULL,
        about uuid NOT NULL,
        capture_id uuid,
        occurred_at timestamptz NOT NULL,
        data jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, id),
        UNIQUE (tenant_id, type, about),
        FOREIGN KEY (tenant_id, capture_id) REFERENCES captures (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX webhook_events_by_capture ON webhook_events (capture_id);
      CREATE INDEX webhook_events_by_time ON webhook_events (tenant_id, occurred_at);
      CREATE INDEX webhook_events_by_age ON webhook_events (created_at);
      ${tenantTable('webhook_events', 'SELECT, INSERT, DELETE')}
      ${systemRights('webhook_events', 'SELECT (created_at), DELETE')}

      CREATE TABLE webhook_deliveries (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        event_id uuid NOT NULL,
        endpoint_id uuid NOT NULL,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
        attempts integer NOT NULL DEFAULT 0,
        tries integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        dispatches integer NOT NULL DEFAULT 0,
        claimed_until timestamptz,
        claim_token uuid,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        delivered_at timestamptz,
        UNIQUE (tenant_id, id),
        UNIQUE (event_id, endpoint_id),
        FOREIGN KEY (tenant_id, event_id) REFERENCES webhook_events (tenant_id, id) ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE state = 'pending';
      CREATE INDEX webhook_deliveries_claimed ON webhook_deliveries (endpoint_id) WHERE claimed_until IS NOT NULL;
      CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, created_at, id);
      ${tenantTable('webhook_deliveries', 'SELECT, INSERT, UPDATE, DELETE')}
      ${systemRights(
        'webhook_deliveries',
        'SELECT (id, tenant_id, endpoint_id, state, next_attempt_at, claimed_until, dispatches, created_at), UPDATE (claimed_until, claim_token, dispatches)',
      )}

      CREATE TABLE webhook_attempts (
        delivery_id uuid NOT NULL,
        tenant_id uuid NOT NULL,
        attempt integer NOT NULL,
        started_at timestamptz NOT NULL,
        duration_ms integer NOT NULL,
        outcome text NOT NULL,
        status integer,
        PRIMARY KEY (delivery_id, attempt),
        FOREIGN KEY (tenant_id, delivery_id) REFERENCES webhook_deliveries (tenant_id, id) ON DELETE CASCADE
      );
      ${tenantTable('webhook_attempts', 'SELECT, INSERT')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE webhook_attempts, webhook_deliveries, webhook_events, webhook_secrets, webhook_endpoints',
    );
  }
}
