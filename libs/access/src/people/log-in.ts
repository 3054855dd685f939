import type { EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { PlatformTenant } from '../tenants.js';
import { addDevice, DEVICE_KEPT_DAYS, type DeviceProof, parseDeviceToken, touchDevice } from './devices.js';
import { type Attempt, attemptOfDevice, attemptOfStranger, type LoginBackoff } from './login-backoff.js';
import type { Passwords } from './passwords.js';
import type { Role } from './roles.js';
import type { RunningSession, Sessions, SessionTokens } from './sessions.js';
import type { RefreshToken } from './refresh-token.js';
import { normalizeUserName } from './user-name.js';

export interface Credentials {
  /** Name of the tenant. */
  readonly tenant: string;
  readonly name: string;
  readonly password: string;
  /** Of an earlier login from this device. */
  readonly deviceToken?: string;
}

/** Where a login comes from. */
export interface Origin {
  readonly address: string;
  /** At most 200 characters. */
  readonly userAgent?: string;
  readonly correlationId: string;
}

export interface LoggedIn extends SessionTokens {
  /** To be kept and sent with the next login; absent when the device was known already. */
  readonly deviceToken?: string;
}

interface Candidate {
  readonly id: string;
  readonly passwordHash: string;
  /** Of the password itself: another hash of the same one leaves it. */
  readonly passwordGeneration: number;
  readonly roles: Role[];
  readonly initialPassword: boolean;
  /** Not disabled, and the password not an initial one past its time. */
  readonly admissible: boolean;
  /** Set when the device token proves a device of this user. */
  readonly deviceId: string | null;
}

interface Claim {
  readonly tenantId: string;
  readonly candidate: Candidate | undefined;
  readonly origin: Origin;
}

/** For auditors: wrong or unknown, right or wrong but of a closed account, not tried because of a delay, or of too many at once. */
type Refusal = 'credentials' | 'inadmissible' | 'delayed' | 'busy';

type Begun = {
  readonly session: RunningSession;
  readonly token: RefreshToken;
  readonly deviceToken?: string;
};

/**
 * Logs a person in by name and password. For whoever is not let in it is the same whether the name is unknown, the account is disabled
 * or the password is wrong: the same steps, the same answer, and the work of a password check in each case.
 */
export class LogIn {
  private readonly platform: PlatformTenant;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly passwords: Passwords,
    private readonly backoff: LoginBackoff,
    private readonly sessions: Sessions,
  ) {
    this.platform = new PlatformTenant(unitOfWork);
  }

  /** @throws ProblemError invalid_credentials, login_delayed, login_busy */
  async execute(credentials: Credentials, origin: Origin): Promise<LoggedIn> {
    const name = normalizeUserName(credentials.name);
    const device = parseDeviceToken(credentials.deviceToken);
    const tenantId = await this.tenantFor(credentials.tenant);
    const candidate = await this.find(tenantId, name, device);
    const claim: Claim = { tenantId, candidate, origin };
    const attempt = candidate?.deviceId
      ? attemptOfDevice(candidate.deviceId)
      : attemptOfStranger(credentials.tenant, name, origin.address);
    await this.begin(attempt, claim);
    const matches = await this.check(claim, credentials.password, attempt);
    const begun = matches ? await this.admit(claim, credentials.password) : undefined;
    if (!begun) {
      await this.refuse(claim, candidate?.admissible === false ? 'inadmissible' : 'credentials');
      throw new ProblemError('invalid_credentials');
    }
    await this.backoff.succeeded(attempt);
    const tokens = await this.sessions.tokensOf(tenantId, begun.session, begun.token);
    return { ...tokens, deviceToken: begun.deviceToken };
  }

  /** The tenant of that name; where there is none the installation's own, in which nobody is found and the refusal is recorded. */
  private async tenantFor(name: string): Promise<string> {
    const [row] = await this.unitOfWork.inSystem((manager) =>
      manager.query<{ id: string }[]>('SELECT id FROM tenants WHERE name = $1', [name]),
    );
    return row?.id ?? this.platform.id();
  }

  private async find(
    tenantId: string,
    name: string,
    device: DeviceProof | undefined,
  ): Promise<Candidate | undefined> {
    const [row] = await this.unitOfWork.inTenant(tenantId, (manager) =>
      manager.query<Candidate[]>(
        `SELECT u.id, u.password_hash AS "passwordHash", u.password_generation AS "passwordGeneration", u.roles,
           u.initial_password_until IS NOT NULL AS "initialPassword",
           u.disabled_at IS NULL AND coalesce(u.initial_password_until > now(), true) AS admissible, d.id AS "deviceId"
         FROM users u LEFT JOIN known_devices d ON d.user_id = u.id AND d.id = $2 AND d.secret_hash = $3
           AND d.used_at > now() - make_interval(days => $4)
         WHERE u.name = $1`,
        [name, device?.id ?? null, device?.hash ?? null, DEVICE_KEPT_DAYS],
      ),
    );
    return row;
  }

  private async begin(attempt: Attempt, claim: Claim): Promise<void> {
    try {
      await this.backoff.begin(attempt);
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'login_delayed')
        await this.refuse(claim, 'delayed');
      throw error;
    }
  }

  /** Whether the password is right and the account open; the first is always computed, so that the second takes no less time. */
  private async check(claim: Claim, password: string, attempt: Attempt): Promise<boolean> {
    const { candidate } = claim;
    try {
      const matches = await this.passwords.admit(() =>
        this.passwords.matches(candidate?.passwordHash, password),
      );
      return matches && candidate?.admissible === true;
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'login_busy') {
        await this.backoff.notMade(attempt);
        await this.refuse(claim, 'busy');
      }
      throw error;
    }
  }

  /** Begins the session, unless the account was changed while the password was being checked. */
  private async admit({ tenantId, candidate, origin }: Claim, password: string): Promise<Begun | undefined> {
    if (!candidate) return undefined;
    const { id, roles, initialPassword, passwordHash, passwordGeneration, deviceId } = candidate;
    const rehashed = this.passwords.isOutdated(passwordHash)
      ? await this.passwords.hash(password)
      : undefined;
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      // Locked as an update will: two logins that shared the row could not both renew its hash.
      const unchanged = await manager.query<unknown[]>(
        `SELECT 1 FROM users WHERE id = $1 AND disabled_at IS NULL AND password_generation = $2 AND roles = $3
         FOR NO KEY UPDATE`,
        [id, passwordGeneration, roles],
      );
      if (unchanged.length === 0) return undefined;
      const begun = await this.sessions.begin(
        manager,
        tenantId,
        { id, roles, initialPassword },
        origin.userAgent,
      );
      if (rehashed) await manager.query('UPDATE users SET password_hash = $2 WHERE id = $1', [id, rehashed]);
      if (deviceId) await touchDevice(manager, deviceId);
      const deviceToken = deviceId ? undefined : await addDevice(manager, tenantId, id);
      await auditLogin(manager, { tenantId, candidate, origin }, 'user.logged_in', {
        session: begun.session.id,
        knownDevice: deviceId !== null,
      });
      return { ...begun, deviceToken };
    });
  }

  /** Recorded without the name: whoever mistypes may type a password there. */
  private async refuse(claim: Claim, reason: Refusal): Promise<void> {
    await this.unitOfWork.inTenant(claim.tenantId, (manager) =>
      auditLogin(manager, claim, 'user.login_refused', {
        reason,
        knownDevice: Boolean(claim.candidate?.deviceId),
      }),
    );
  }
}

function auditLogin(
  manager: EntityManager,
  { tenantId, candidate, origin }: Claim,
  action: 'user.logged_in' | 'user.login_refused',
  detail: Readonly<Record<string, string | boolean>>,
): Promise<void> {
  const success = action === 'user.logged_in';
  return recordAudit(manager, tenantId, {
    action,
    outcome: success ? 'success' : 'refused',
    actor: success && candidate ? { kind: 'user', id: candidate.id } : { kind: 'anonymous' },
    target: candidate && { kind: 'user', id: candidate.id },
    correlationId: origin.correlationId,
    detail,
  });
}
