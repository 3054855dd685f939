import { parse, serialize } from 'cookie';
import type { FastifyRequest } from 'fastify';

const NAME = 'sb_board';
/** 256 bits in base64url: anything else was never issued and is not looked up. */
const SESSION = /^[A-Za-z0-9_-]{43}$/;

/** The Set-Cookie header of a board session: for the board's own addresses, never readable by a script, never sent from another site. */
export function boardCookie(session: string, expires: Date, secure: boolean): string {
  return serialize(NAME, session, { path: '/queues', httpOnly: true, sameSite: 'strict', secure, expires });
}

export function boardSessionOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const session = parse(headers.cookie ?? '')[NAME];
  return session !== undefined && SESSION.test(session) ? session : undefined;
}
