import { BoardPasses } from '#access';
import type { Answer } from './call.js';
import type { TestApi } from './test-api.js';

/** The queue board as an operator's browser uses it: with the cookie of a session, and the origin that browsers add. */
export class Board {
  private constructor(
    private readonly api: TestApi,
    readonly cookie: string,
  ) {}

  /** Takes a link and opens it. */
  static async open(api: TestApi, options: { reDrive?: boolean; operator?: string } = {}): Promise<Board> {
    const { reDrive = false, operator = 'alice' } = options;
    const { code } = await api.app.get(BoardPasses).issue(operator, { reDrive });
    const answer = await enter(api, code);
    if (answer.status !== 204) throw new Error(`The link was refused: ${answer.text}`);
    return new Board(api, String(answer.headers.get('set-cookie')).split(';')[0] as string);
  }

  /** @param path below /queues */
  send(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const own = { cookie: this.cookie, origin: this.api.url };
    return this.api.call(method, `/queues${path}`, { headers: { ...own, ...headers } });
  }
}

/** What the entrance's button does. */
export function enter(api: TestApi, code: string, origin: string = api.url): Promise<Answer> {
  return api.call('POST', '/queues/session', { json: { code }, headers: { origin } });
}
