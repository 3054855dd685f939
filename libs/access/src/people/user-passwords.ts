import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '../caller.js';
import { addDevice, forgetDevices } from './devices.js';
import { type LoginBackoff, attemptOfDevice } from './login-backoff.js';
import type { Passwords } from './passwords.js';
import { endSessions } from './sessions.js';
import { auditUser } from './user.js';
import { assertAcceptable, drawPassword, INITIAL_PASSWORD_HOURS } from './users.js';

/** What an administrator hands to a person who forgot the password. */
export interface PasswordReset {
  /** Works once the person logs in with it, and only to choose another. */
  readonly initialPassword: string;
  readonly initialPasswordUntil: Date;
  /** Sent with the login it passes the delay that somebody else's failures have caused. */
  readonly deviceToken: string;
}

interface StoredPassword {
  readonly name: string;
  readonly hash: string;
  readonly generation: number;
}

/** How a password becomes another one: by the person who knows it, or by an administrator who never chooses it. */
export class UserPasswords {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly passwords: Passwords,
    private readonly backoff: LoginBackoff,
  ) {}

  /** Draws an initial password; every session and every known device of the person ends. @throws ProblemError user_not_found */
  async reset(caller: Caller, userId: string): Promise<PasswordReset> {
    const initialPassword = drawPassword();
    const hash = await this.passwords.hash(initialPassword);
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      const [[row]] = await manager.query<[{ until: Date }[], number]>(
        `UPDATE users SET password_hash = $2, password_generation = password_generation + 1,
           initial_password_until = now() + make_interval(hours => $3)
         WHERE id = $1 RETURNING initial_password_until AS until`,
        [userId, hash, INITIAL_PASSWORD_HOURS],
      );
      if (!row) throw new ProblemError('user_not_found');
      await forgetDevices(manager, userId);
      const deviceToken = await addDevice(manager, caller.tenantId, userId);
      await auditUser(manager, caller, 'user.password_reset', userId);
      await endSessions(manager, caller, userId);
      return { initialPassword, initialPasswordUntil: row.until, deviceToken };
    });
  }

  /**
   * The person's own change, in a session; every other session ends. A wrong current password is counted as guesses from a known device
   * are, because whoever got hold of a session should not be able to try all of them.
   * @throws ProblemError invalid_credentials, login_delayed, login_busy, password_refused
   */
  async change(
    caller: Caller,
    session: { readonly userId: string; readonly sessionId: string },
    { current, next }: { readonly current: string; readonly next: string },
  ): Promise<void> {
    const { userId, sessionId } = session;
    const stored = await this.stored(caller.tenantId, userId);
    const attempt = attemptOfDevice(sessionId);
    await this.backoff.begin(attempt);
    const matches = await this.passwords
      .admit(() => this.passwords.matches(stored.hash, current))
      .catch(async (error: unknown) => {
        // Nothing was guessed.
        await this.backoff.notMade(attempt);
        throw error;
      });
    if (!matches) {
      await this.unitOfWork.inTenant(caller.tenantId, (manager) =>
        auditUser(manager, caller, 'user.password_refused', userId),
      );
      throw new ProblemError('invalid_credentials');
    }
    await this.backoff.succeeded(attempt);
    if (current === next)
      throw new ProblemError('password_refused', {
        errors: [{ member: 'newPassword', rule: 'newPassword must be another one' }],
      });
    assertAcceptable(next, stored.name, 'newPassword');
    const hash = await this.passwords.hash(next);
    await this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      const [, changed] = await manager.query<[unknown, number]>(
        `UPDATE users SET password_hash = $2, password_generation = password_generation + 1, initial_password_until = NULL
         WHERE id = $1 AND password_generation = $3`,
        [userId, hash, stored.generation],
      );
      if (changed !== 1) throw new ProblemError('invalid_credentials');
      await auditUser(manager, caller, 'user.password_changed', userId);
      await endSessions(manager, caller, userId, { except: sessionId });
    });
  }

  private async stored(tenantId: string, userId: string): Promise<StoredPassword> {
    const [row] = await this.unitOfWork.inTenant(tenantId, (manager) =>
      manager.query<StoredPassword[]>(
        'SELECT name, password_hash AS hash, password_generation AS generation FROM users WHERE id = $1',
        [userId],
      ),
    );
    if (!row) throw new ProblemError('invalid_credentials');
    return row;
  }
}
