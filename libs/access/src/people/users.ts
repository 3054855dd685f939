import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { randomToken } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '../caller.js';
import { passwordObjection } from './password-policy.js';
import type { Passwords } from './passwords.js';
import type { Role } from './roles.js';
import { endSessions } from './sessions.js';
import { auditUser, USER_COLUMNS, type UserView } from './user.js';
import { isUserName, normalizeUserName } from './user-name.js';

/** OWASP ASVS 5.0, 6.4.1: a password that is handed out is short-lived and never becomes the lasting one. */
export const INITIAL_PASSWORD_HOURS = 72;

export interface NewUser {
  readonly name: string;
  readonly roles: readonly Role[];
  /** The person's own choice; without one, one is drawn that must be changed at the first login. */
  readonly password?: string;
}

/** A user with the password that was drawn, shown once. */
export type CreatedUser = UserView & { readonly initialPassword: string | null };

/** What is absent or null stays. */
export interface UserChanges {
  readonly roles?: readonly Role[] | null;
  readonly disabled?: boolean | null;
}

export interface UserPage {
  /** By name. */
  readonly items: readonly UserView[];
  readonly nextCursor: string | null;
}

const UNIQUE_VIOLATION = '23505';

/** The people of a tenant, as its administrators keep them. */
export class Users {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly passwords: Passwords,
  ) {}

  /** @throws ProblemError validation_failed, password_refused, user_name_taken */
  async create(caller: Caller, { name, roles, password }: NewUser): Promise<CreatedUser> {
    const normalized = normalizeUserName(name);
    if (!isUserName(normalized))
      throw new ProblemError('validation_failed', {
        errors: [{ member: 'name', rule: 'name must be letters, digits and ._@+-' }],
      });
    if (password !== undefined) assertAcceptable(password, normalized, 'password');
    const initialPassword = password === undefined ? drawPassword() : null;
    const hash = await this.passwords.hash(password ?? (initialPassword as string));
    const id = uuid();
    const user = await this.unitOfWork
      .inTenant(caller.tenantId, async (manager) => {
        const [row] = await manager.query<[UserView]>(
          `INSERT INTO users (id, tenant_id, name, roles, password_hash, initial_password_until)
           VALUES ($1, $2, $3, $4, $5, now() + make_interval(hours => $6)) RETURNING ${USER_COLUMNS}`,
          [
            id,
            caller.tenantId,
            normalized,
            unique(roles),
            hash,
            initialPassword ? INITIAL_PASSWORD_HOURS : null,
          ],
        );
        await auditUser(manager, caller, 'user.created', id, { roles: unique(roles).join(' ') });
        return row;
      })
      .catch((error: unknown) => {
        if ((error as { driverError?: { code?: unknown } }).driverError?.code !== UNIQUE_VIOLATION)
          throw error;
        throw new ProblemError('user_name_taken');
      });
    return { ...user, initialPassword };
  }

  /** @param page `limit` 1…100; `cursor` of the page before */
  async list(tenantId: string, page: { limit: number; cursor?: string }): Promise<UserPage> {
    const behind = page.cursor === undefined ? null : Buffer.from(page.cursor, 'base64url').toString('utf8');
    if (behind !== null && !isUserName(behind))
      throw new ProblemError('validation_failed', {
        errors: [{ member: 'cursor', rule: 'cursor must be the nextCursor of a page' }],
      });
    const rows = await this.unitOfWork.inTenant(tenantId, (manager) =>
      manager.query<UserView[]>(
        `SELECT ${USER_COLUMNS} FROM users WHERE $1::text IS NULL OR name > $1 ORDER BY name LIMIT $2`,
        [behind, page.limit + 1],
      ),
    );
    const items = rows.slice(0, page.limit);
    const last = rows.length > page.limit ? items.at(-1) : undefined;
    return { items, nextCursor: last ? Buffer.from(last.name).toString('base64url') : null };
  }

  /** @throws ProblemError user_not_found */
  async get(tenantId: string, id: string): Promise<UserView> {
    const [row] = await this.unitOfWork.inTenant(tenantId, (manager) =>
      manager.query<UserView[]>(`SELECT ${USER_COLUMNS} FROM users WHERE id = $1`, [id]),
    );
    if (!row) throw new ProblemError('user_not_found');
    return row;
  }

  /** The user of that name. @throws ProblemError user_not_found */
  async named(tenantId: string, name: string): Promise<UserView> {
    const [row] = await this.unitOfWork.inTenant(tenantId, (manager) =>
      manager.query<UserView[]>(`SELECT ${USER_COLUMNS} FROM users WHERE name = $1`, [
        normalizeUserName(name),
      ]),
    );
    if (!row) throw new ProblemError('user_not_found');
    return row;
  }

  /**
   * Gives other roles, disables or enables. Fewer or other rights hold at once: the person's sessions end, because scopes are in tokens.
   * @throws ProblemError user_not_found, last_admin
   */
  change(caller: Caller, id: string, { roles, disabled }: UserChanges): Promise<UserView> {
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      const admins = await lockAdmins(manager);
      const [before] = await manager.query<UserView[]>(
        `SELECT ${USER_COLUMNS} FROM users WHERE id = $1 FOR UPDATE`,
        [id],
      );
      if (!before) throw new ProblemError('user_not_found');
      const after = {
        roles: unique(roles ?? before.roles),
        disabled: disabled ?? before.disabledAt !== null,
      };
      if (isLast(admins, id) && (after.disabled || !after.roles.includes('admin')))
        throw new ProblemError('last_admin');
      const [[changed]] = await manager.query<[[UserView], number]>(
        `UPDATE users SET roles = $2, disabled_at = CASE WHEN $3 THEN coalesce(disabled_at, now()) END
         WHERE id = $1 RETURNING ${USER_COLUMNS}`,
        [id, after.roles, after.disabled],
      );
      await this.recordChange(manager, caller, before, changed);
      return changed;
    });
  }

  private async recordChange(
    manager: EntityManager,
    caller: Caller,
    before: UserView,
    after: UserView,
  ): Promise<void> {
    const [was, is] = [before.roles.join(' '), after.roles.join(' ')];
    const [wasDisabled, isDisabled] = [before.disabledAt !== null, after.disabledAt !== null];
    if (was !== is)
      await auditUser(manager, caller, 'user.roles_changed', after.id, { before: was, after: is });
    if (wasDisabled !== isDisabled)
      await auditUser(manager, caller, isDisabled ? 'user.disabled' : 'user.enabled', after.id);
    if (was !== is || isDisabled) await endSessions(manager, caller, after.id);
  }
}

/** @throws ProblemError password_refused, saying why */
export function assertAcceptable(password: string, userName: string, member: string): void {
  const objection = passwordObjection(password, userName);
  if (objection)
    throw new ProblemError('password_refused', { errors: [{ member, rule: `${member} ${objection}` }] });
}

/** A password of 128 random bits for an administrator to hand out. */
export function drawPassword(): string {
  return randomToken(16);
}

/** Locked in one order, so that two administrators who take the role from each other come one after the other. */
async function lockAdmins(manager: EntityManager): Promise<string[]> {
  const rows = await manager.query<{ id: string }[]>(
    `SELECT id FROM users WHERE 'admin' = ANY (roles) AND disabled_at IS NULL ORDER BY id FOR UPDATE`,
  );
  return rows.map(({ id }) => id);
}

function isLast(admins: readonly string[], id: string): boolean {
  return admins.length === 1 && admins[0] === id;
}

function unique(roles: readonly Role[]): Role[] {
  return [...new Set(roles)].sort();
}
