import type { FastifyRequest } from 'fastify';
import type { BoardPass, BoardPasses } from '#access';
import { ProblemError } from '#errors';
import { boardSessionOf } from './board-cookie.js';
import type { BoardOrigin } from './board-origin.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The session of the queue board that this request was let in by. */
    boardPass?: BoardPass;
  }
}

/** What a session must allow: looking, or running failed jobs again. */
export type BoardAccess = 'read' | 're-drive';

/** Lets operators through to the queue board: by the cookie of a board session, and nothing else. */
export class BoardGate {
  constructor(
    private readonly passes: BoardPasses,
    private readonly origin: BoardOrigin,
  ) {}

  /** @throws ProblemError board_session_required, origin_refused, board_read_only */
  async admit(request: FastifyRequest, needed: BoardAccess): Promise<void> {
    const session = boardSessionOf(request);
    const pass = session && (await this.passes.admit(session));
    if (!pass) throw new ProblemError('board_session_required');
    if (request.method !== 'GET' && request.method !== 'HEAD') this.origin.assertOwn(request);
    if (needed === 're-drive' && !pass.reDrive) throw new ProblemError('board_read_only');
    request.boardPass = pass;
  }
}
