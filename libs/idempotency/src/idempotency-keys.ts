import { createHash, randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import {
  type Aad,
  constantTimeEqual,
  hmacSha256,
  type Keyring,
  openRecord,
  type SealedRecord,
  sealRecord,
} from '#crypto';
import { type LastStep, type UnitOfWork, withLastStep } from '#database';
import { ProblemError } from '#errors';

/** A creating request under the name its caller gave it. */
export interface NamedRequest {
  readonly tenantId: string;
  /** Who calls: two callers may use the same name for different things. */
  readonly caller: string;
  /** Method and template of the route. */
  readonly route: string;
  /** The `Idempotency-Key`. */
  readonly key: string;
  /** Everything that tells one request from another under the same route: parameters of the address, and the body. */
  readonly payload: string;
}

/** The right to do the deed, until the lease ends. */
export interface Claim {
  readonly request: NamedRequest;
  readonly token: string;
}

interface Row {
  readonly derivationId: string;
  readonly fingerprint: Buffer;
  readonly wrappedKey: SealedRecord['wrappedKey'] | null;
  readonly sealed: Buffer | null;
  /** Done, and nobody will keep its answer any more. */
  readonly isLost: boolean;
}

export interface IdempotencySettings {
  /** How long an answer is kept. */
  readonly keepMs: number;
  /** After which a request that gave no answer (its process died) is over; longer than any request takes. */
  readonly leaseMs: number;
}

/** A day, as documented; and longer than the API works on any request. */
export const IDEMPOTENCY_DEFAULTS: IdempotencySettings = { keepMs: 86_400_000, leaseMs: 90_000 };

const FINGERPRINT = 'idempotency/fingerprint/v1';
const OWN_KEY = 'tenant_id = $1 AND caller = $2 AND route = $3 AND key_hash = $4';

/**
 * Does a creating request once, however often it is sent (IETF draft `Idempotency-Key`): the first one claims the key, the others are
 * refused while it runs and get its stored answer afterwards. A request that has done nothing gives its key back; whether it has is
 * written by the very transaction that does it, so that no lost connection and no dead process leaves it in doubt.
 */
export class IdempotencyKeys {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
    private readonly settings: IdempotencySettings,
  ) {}

  /**
   * @returns the claim, or the answer that was given before, as JSON
   * @throws ProblemError idempotency_key_reused (other payload), idempotency_in_flight, idempotency_answer_lost
   */
  async claim(request: NamedRequest): Promise<{ readonly claim: Claim } | { readonly answer: string }> {
    const { keepMs, leaseMs } = this.settings;
    const claim = { request, token: randomUUID() };
    const { activeDerivationId } = this.keyring;
    const fingerprint = await this.fingerprint(request, activeDerivationId);
    const before = await this.unitOfWork.inTenant(request.tenantId, async (manager) => {
      // Past its end, of an answer or of a lease in which nothing was done, a key is as good as new.
      const rows = await manager.query<unknown[]>(
        `INSERT INTO idempotency_keys AS k (tenant_id, caller, route, key_hash, derivation_id, fingerprint, lease_token, leased_until, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8 * interval '1 millisecond', now() + $9 * interval '1 millisecond')
         ON CONFLICT (tenant_id, caller, route, key_hash) DO UPDATE SET
           derivation_id = EXCLUDED.derivation_id, fingerprint = EXCLUDED.fingerprint, lease_token = EXCLUDED.lease_token,
           leased_until = EXCLUDED.leased_until, expires_at = EXCLUDED.expires_at, wrapped_key = NULL, sealed_answer = NULL, done = false
         WHERE k.expires_at <= now() OR (NOT k.done AND k.sealed_answer IS NULL AND k.leased_until <= now())
         RETURNING 1`,
        [...addressOf(request), activeDerivationId, fingerprint, claim.token, leaseMs, keepMs],
      );
      return rows.length > 0 ? null : readRow(manager, request);
    });
    if (!before) return { claim };
    const same = await this.fingerprint(request, before.derivationId);
    if (!constantTimeEqual(same, before.fingerprint)) throw new ProblemError('idempotency_key_reused');
    const { wrappedKey, sealed, isLost } = before;
    if (isLost) throw new ProblemError('idempotency_answer_lost');
    if (!wrappedKey || !sealed) throw new ProblemError('idempotency_in_flight');
    return { answer: (await openRecord(this.keyring, { wrappedKey, sealed }, aadOf(request))).toString() };
  }

  /**
   * Does the deed. Each of its transactions that writes anything also writes that the request was done, and is taken back when the lease
   * was lost meanwhile.
   */
  async perform<T>({ request, token }: Claim, deed: () => Promise<T>): Promise<T> {
    let isOver = false;
    const mark: LastStep = async (manager, tenantId) => {
      if (isOver || tenantId !== request.tenantId || !(await hasWritten(manager))) return;
      const [, marked] = await manager.query<[unknown, number]>(
        `UPDATE idempotency_keys SET done = true WHERE ${OWN_KEY} AND lease_token = $5`,
        [...addressOf(request), token],
      );
      if (marked !== 1) throw new ProblemError('idempotency_in_flight');
    };
    try {
      return await withLastStep(mark, deed);
    } finally {
      isOver = true;
    }
  }

  /** Keeps the answer, as JSON, for whoever sends the same request again; without effect when the lease was lost. */
  async complete({ request, token }: Claim, answer: string): Promise<void> {
    const { wrappedKey, sealed } = await sealRecord(this.keyring, answer, aadOf(request));
    await this.unitOfWork.inTenant(request.tenantId, (manager) =>
      manager.query(
        `UPDATE idempotency_keys SET wrapped_key = $6, sealed_answer = $7 WHERE ${OWN_KEY} AND lease_token = $5`,
        [...addressOf(request), token, wrappedKey, sealed],
      ),
    );
  }

  /** Gives the key back: the request was refused. */
  async release({ request, token }: Claim): Promise<void> {
    await this.unitOfWork.inTenant(request.tenantId, (manager) =>
      manager.query(`DELETE FROM idempotency_keys WHERE ${OWN_KEY} AND lease_token = $5`, [
        ...addressOf(request),
        token,
      ]),
    );
  }

  /**
   * Ends a request that failed: gives its key back if nothing was done. A transaction of it whose commit was not answered holds the row's
   * lock, so that this waits until that is committed or taken back.
   */
  async settle({ request, token }: Claim): Promise<void> {
    const own = [...addressOf(request), token];
    await this.unitOfWork.inTenant(request.tenantId, async (manager) => {
      const condition = `${OWN_KEY} AND lease_token = $5`;
      await manager.query(`DELETE FROM idempotency_keys WHERE ${condition} AND NOT done`, own);
      await manager.query(`UPDATE idempotency_keys SET leased_until = now() WHERE ${condition}`, own);
    });
  }

  /** Forgets the keys of all tenants whose time is over. @returns how many */
  removeExpired(): Promise<number> {
    return this.unitOfWork.inSystem(async (manager) => {
      const [, count] = await manager.query<[unknown, number]>(
        'DELETE FROM idempotency_keys WHERE expires_at <= now()',
      );
      return count;
    });
  }

  /** Keyed, because a payload may hold what could be guessed from a plain hash. */
  private async fingerprint({ payload }: NamedRequest, derivationId: string): Promise<Buffer> {
    const key = await this.keyring.deriveKey(FINGERPRINT, derivationId);
    try {
      return hmacSha256(key, payload);
    } finally {
      key.fill(0);
    }
  }
}

async function readRow(manager: EntityManager, request: NamedRequest): Promise<Row> {
  const [row] = await manager.query<Row[]>(
    `SELECT derivation_id AS "derivationId", fingerprint, wrapped_key AS "wrappedKey", sealed_answer AS sealed,
       done AND sealed_answer IS NULL AND leased_until <= now() AS "isLost"
     FROM idempotency_keys WHERE ${OWN_KEY}`,
    addressOf(request),
  );
  // The request before gave its key back in this very moment.
  if (!row) throw new ProblemError('idempotency_in_flight');
  return row;
}

/** A transaction has an id of its own from its first write on. */
async function hasWritten(manager: EntityManager): Promise<boolean> {
  const [row] = await manager.query<{ written: boolean }[]>(
    'SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS written',
  );
  return row?.written === true;
}

function addressOf({ tenantId, caller, route, key }: NamedRequest): unknown[] {
  return [tenantId, caller, route, hashOf(key)];
}

function aadOf({ tenantId, caller, route, key }: NamedRequest): Aad {
  const ownerId = `${caller} ${route} ${hashOf(key).toString('base64url')}`;
  return { tenantId, ownerKind: 'idempotency_key', ownerId, kind: 'answer' };
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
