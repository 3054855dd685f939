import { boardCookie, boardSessionOf } from './board-cookie.js';
import { BoardOrigin } from './board-origin.js';

const request = (protocol: 'http' | 'https', host: string, origin?: string) => ({
  protocol,
  host,
  headers: { origin },
});
const admits = (board: BoardOrigin, asked: ReturnType<typeof request>): boolean => {
  try {
    board.assertOwn(asked);
    return true;
  } catch {
    return false;
  }
};

describe('the own origin', () => {
  it('is that of the request where none is configured', () => {
    const own = new BoardOrigin(undefined);
    expect(admits(own, request('http', 'a.example:8080', 'http://a.example:8080'))).toBe(true);
    expect(admits(own, request('https', 'a.example', 'https://a.example'))).toBe(true);
    for (const origin of [
      'https://a.example',
      'http://a.example',
      'http://b.example:8080',
      'null',
      '',
      undefined,
    ])
      expect(admits(own, request('http', 'a.example:8080', origin))).toBe(false);
    expect(own.isSecure(request('http', 'a.example'))).toBe(false);
    expect(own.isSecure(request('https', 'a.example'))).toBe(true);
  });

  it('is that of PUBLIC_URL where there is one, whatever the request says', () => {
    const own = new BoardOrigin('https://face.example/');
    expect(admits(own, request('http', '10.0.0.1:8080', 'https://face.example'))).toBe(true);
    expect(admits(own, request('http', '10.0.0.1:8080', 'http://10.0.0.1:8080'))).toBe(false);
    expect(own.isSecure(request('http', '10.0.0.1:8080'))).toBe(true);
  });
});

describe('the cookie', () => {
  const session = 'A'.repeat(43);

  it('is bound to TLS where there is TLS', () => {
    expect(boardCookie(session, new Date(), true).split('; ')).toContain('Secure');
    expect(boardCookie(session, new Date(), false)).not.toMatch('Secure');
  });

  it.each([
    [`sb_board=${session}`, session],
    [`other=1; sb_board=${session}; more=2`, session],
    [`sb_board=${session}x`, undefined],
    ['sb_board=%', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%p holds %p', (cookie, expected) => {
    expect(boardSessionOf({ headers: { cookie } })).toBe(expected);
  });
});
