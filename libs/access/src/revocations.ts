import { performance } from 'node:perf_hooks';
import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';

/** Longer than any access token lives, so that a revocation is forgotten only when nothing of it could be presented any more. */
const KEPT_SECONDS = 2 * 3_600;
/** How old what is known may be when a token is judged; with the interval of reading it keeps revocation within five seconds. */
const MAX_AGE_MS = 3_500;
const MAX_HELD = 50_000;

/**
 * Has every process refuse, within five seconds, the access tokens of this holder, a person's session. Part of the caller's transaction.
 */
export async function revokeTokens(
  manager: EntityManager,
  tenantId: string,
  holderId: string,
): Promise<void> {
  await manager.query('DELETE FROM token_revocations WHERE expires_at < now()');
  await manager.query(
    `INSERT INTO token_revocations (holder_id, tenant_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))
     ON CONFLICT (holder_id) DO UPDATE SET expires_at = EXCLUDED.expires_at`,
    [holderId, tenantId, KEPT_SECONDS],
  );
}

/**
 * What this process knows of revoked tokens: a copy of the short table, read every second, so that no request has to ask. It fails closed:
 * when the copy is too old it is read before the token is judged, and when that fails no token is good.
 */
export class Revocations {
  private revoked: ReadonlySet<string> | undefined;
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;

  /** @param maxHeld from how many on they are looked up one by one instead of being held */
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly maxHeld = MAX_HELD,
  ) {}

  /** Brings the copy up to date; two readers at once share one query. */
  read(): Promise<void> {
    this.reading ??= this.readNow().finally(() => (this.reading = undefined));
    return this.reading;
  }

  /** @throws ProblemError unavailable when it cannot be known */
  async includes(holderId: string): Promise<boolean> {
    try {
      if (this.isOld()) await this.read();
      if (this.isOld()) await this.read();
      return this.revoked?.has(holderId) ?? (await this.lookUp(holderId));
    } catch (cause) {
      throw new ProblemError('unavailable', { cause });
    }
  }

  private isOld(): boolean {
    return performance.now() - this.readAt > MAX_AGE_MS;
  }

  private async readNow(): Promise<void> {
    const startedAt = performance.now();
    const rows = await this.unitOfWork.inSystem((manager) =>
      manager.query<{ id: string }[]>(
        'SELECT holder_id AS id FROM token_revocations WHERE expires_at > now() LIMIT $1',
        [this.maxHeld + 1],
      ),
    );
    this.revoked = rows.length > this.maxHeld ? undefined : new Set(rows.map(({ id }) => id));
    this.readAt = startedAt;
  }

  private async lookUp(holderId: string): Promise<boolean> {
    const rows = await this.unitOfWork.inSystem((manager) =>
      manager.query<unknown[]>('SELECT 1 FROM token_revocations WHERE holder_id = $1', [holderId]),
    );
    return rows.length > 0;
  }
}
