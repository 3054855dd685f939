import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Principal } from './principal.js';

/** How old an answer of the database may be: a client that is disabled is refused by every process after this at the latest. */
const MAX_AGE_MS = 3_000;
/** Remembered at once; more than so many clients are rarely awake, and whoever is dropped is read again. */
const MAX_REMEMBERED = 10_000;

/** What holds for a client beyond its token. */
export interface ClientStanding {
  /** Requests a minute on each route; null where the installation's limit applies. */
  readonly rateLimitPerMinute: number | null;
}

interface StandingRow extends ClientStanding {
  readonly disabled: boolean;
  readonly tokenGeneration: number;
}

type ClientPrincipal = Extract<Principal, { kind: 'client' }>;

interface Reading {
  readonly startedAt: number;
  readonly row: Promise<StandingRow | undefined>;
}

/**
 * Whether a client whose token verifies is still welcome: tokens live for minutes, but a client that was disabled, or lost a
 * scope, is refused within seconds. One query a client every few seconds, also while it is refused; without an answer nobody is admitted.
 */
export class ClientStandings {
  private readonly readings = new Map<string, Reading>();

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws ProblemError unauthenticated; unavailable when it cannot be known */
  async admit(client: ClientPrincipal): Promise<ClientStanding> {
    const row = await this.current(client).catch((cause: unknown) => {
      throw new ProblemError('unavailable', { cause });
    });
    if (!row || !isWelcome(row, client)) throw new ProblemError('unauthenticated');
    return row;
  }

  private async current(client: ClientPrincipal): Promise<StandingRow | undefined> {
    const known = this.readings.get(keyOf(client));
    if (!known || performance.now() - known.startedAt >= MAX_AGE_MS) return this.readAnew(client);
    const row = await known.row;
    return row && mayHaveComeBack(row, client) ? this.readAnew(client) : row;
  }

  private readAnew(client: ClientPrincipal): Promise<StandingRow | undefined> {
    if (this.readings.size >= MAX_REMEMBERED) this.readings.clear();
    // Its age counts from here: what it finds may change while it is on its way.
    const reading: Reading = { startedAt: performance.now(), row: this.read(client) };
    const key = keyOf(client);
    this.readings.set(key, reading);
    reading.row.catch(() => {
      if (this.readings.get(key) === reading) this.readings.delete(key);
    });
    return reading.row;
  }

  private read({ tenantId, clientId }: ClientPrincipal): Promise<StandingRow | undefined> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const [row] = await manager.query<StandingRow[]>(
        `SELECT revoked_at IS NOT NULL AS disabled, token_generation AS "tokenGeneration",
           rate_limit_per_minute AS "rateLimitPerMinute" FROM clients WHERE id = $1`,
        [clientId],
      );
      return row;
    });
  }
}

/** Refused by what is known, though it may have been enabled since: tokens of before that stay refused, so theirs is not asked again. */
function mayHaveComeBack(row: StandingRow, client: ClientPrincipal): boolean {
  return !isWelcome(row, client) && client.tokenGeneration >= row.tokenGeneration;
}

function isWelcome({ disabled, tokenGeneration }: StandingRow, client: ClientPrincipal): boolean {
  return !disabled && tokenGeneration === client.tokenGeneration;
}

function keyOf({ tenantId, clientId }: ClientPrincipal): string {
  return `${tenantId}/${clientId}`;
}
