import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { type Actor, type AuditAction, recordAudit } from '#audit';
import { randomToken } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { PlatformTenant } from './tenants.js';

const CODE_TTL_MS = 5 * 60_000;
/** Absolute: use does not prolong it. */
const SESSION_TTL_MS = 30 * 60_000;
/** Passes are of no use once they ended; the audit trail remembers them. */
const KEPT_AFTER_END_MS = 24 * 3_600_000;

/** What the holder of a board session may do, and under which name. */
export interface BoardPass {
  readonly id: string;
  readonly operator: Actor & { readonly kind: 'operator'; readonly id: string };
  /** Whether failed jobs may be run again; nothing else of the queue can be changed by anybody. */
  readonly reDrive: boolean;
}

export interface NewBoardLink {
  /** Shown once; only its hash is stored. */
  readonly code: string;
  readonly expiresAt: Date;
}

interface PassRow {
  readonly id: string;
  readonly actor: string;
  readonly re_drive: boolean;
}

/**
 * Operators' way to the queue board: a link with a one-time code of five minutes, exchanged once for a session of half an hour. Code
 * and session are 256 random bits each, so a plain hash suffices: there is nothing to guess that a slow hash would protect.
 */
export class BoardPasses {
  private readonly platform: PlatformTenant;

  constructor(private readonly unitOfWork: UnitOfWork) {
    this.platform = new PlatformTenant(unitOfWork);
  }

  /** @param operator who asked for it, 1 to 100 characters: the name in the audit trail */
  async issue(operator: string, options: { reDrive: boolean }): Promise<NewBoardLink> {
    const [id, code] = [uuid(), randomToken(32)];
    const expiresAt = new Date(Date.now() + CODE_TTL_MS);
    await this.inPlatform(async (manager, tenantId) => {
      await manager.query(
        'DELETE FROM board_passes WHERE coalesce(session_expires_at, code_expires_at) < $1',
        [new Date(Date.now() - KEPT_AFTER_END_MS)],
      );
      await manager.query(
        `INSERT INTO board_passes (id, tenant_id, actor, re_drive, code_hash, code_expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [id, tenantId, operator, options.reDrive, hashOf(code), expiresAt],
      );
      const row: PassRow = { id, actor: operator, re_drive: options.reDrive };
      await audit(manager, tenantId, 'board.link_issued', row);
    });
    return { code, expiresAt };
  }

  /**
   * Uses the code up: of any number of concurrent holders exactly one gets the session. The second use of a code, or a late one, is
   * audited; a code that never was leaves no trace.
   * @throws ProblemError board_link_invalid
   */
  async exchange(code: string, correlationId: string): Promise<{ session: string; expiresAt: Date }> {
    const session = randomToken(32);
    const expiresAt = new Date(Date.now() + SESSION_TTL_MS);
    const exchanged = await this.inPlatform(async (manager, tenantId) => {
      const [[row]] = await manager.query<[PassRow[], number]>(
        `UPDATE board_passes SET session_hash = $2, session_expires_at = $3
         WHERE code_hash = $1 AND session_hash IS NULL AND code_expires_at > now() RETURNING id, actor, re_drive`,
        [hashOf(code), hashOf(session), expiresAt],
      );
      if (row) await audit(manager, tenantId, 'board.link_exchanged', row, correlationId);
      else await this.auditRefusal(manager, tenantId, code, correlationId);
      return row !== undefined;
    });
    if (!exchanged) throw new ProblemError('board_link_invalid');
    return { session, expiresAt };
  }

  /** The pass of a running session, or nothing. */
  admit(session: string): Promise<BoardPass | undefined> {
    return this.inPlatform(async (manager) => {
      const [row] = await manager.query<PassRow[]>(
        'SELECT id, actor, re_drive FROM board_passes WHERE session_hash = $1 AND session_expires_at > now()',
        [hashOf(session)],
      );
      return row && { id: row.id, operator: { kind: 'operator', id: row.actor }, reDrive: row.re_drive };
    });
  }

  /** Ends every link and session at once. @returns how many there were that could still be used */
  close(operator: string): Promise<number> {
    return this.inPlatform(async (manager, tenantId) => {
      const [rows] = await manager.query<[{ usable: boolean }[], number]>(
        'DELETE FROM board_passes RETURNING coalesce(session_expires_at, code_expires_at) > now() AS usable',
      );
      const ended = rows.filter(({ usable }) => usable).length;
      await recordAudit(manager, tenantId, {
        action: 'board.closed',
        outcome: 'success',
        actor: { kind: 'operator', id: operator },
        detail: { ended },
      });
      return ended;
    });
  }

  private async auditRefusal(
    manager: EntityManager,
    tenantId: string,
    code: string,
    correlationId: string,
  ): Promise<void> {
    const [row] = await manager.query<PassRow[]>(
      'SELECT id, actor, re_drive FROM board_passes WHERE code_hash = $1',
      [hashOf(code)],
    );
    if (row) await audit(manager, tenantId, 'board.link_refused', row, correlationId);
  }

  private async inPlatform<T>(work: (manager: EntityManager, tenantId: string) => Promise<T>): Promise<T> {
    const tenantId = await this.platform.id();
    return this.unitOfWork.inTenant(tenantId, (manager) => work(manager, tenantId));
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function audit(
  manager: EntityManager,
  tenantId: string,
  action: AuditAction & `board.link_${string}`,
  { id, actor, re_drive: reDrive }: PassRow,
  correlationId?: string,
): Promise<void> {
  const refused = action === 'board.link_refused';
  return recordAudit(manager, tenantId, {
    action,
    outcome: refused ? 'refused' : 'success',
    actor: refused ? { kind: 'anonymous' } : { kind: 'operator', id: actor },
    target: { kind: 'board_pass', id },
    correlationId,
    detail: { reDrive },
  });
}
