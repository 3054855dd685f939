import type { Transport } from './transport.js';

/** Where a bearer token comes from. */
export interface TokenSource {
  token(signal?: AbortSignal): Promise<string>;
  /** The API did not take it; the next one must be another. @returns whether there can be another */
  refused(token: string): boolean;
}

/** A token that somebody else looks after, such as a capture credential. */
export function fixedToken(token: string): TokenSource {
  return { token: () => Promise.resolve(token), refused: () => false };
}

interface Grant {
  readonly token: string;
  /** From when on a new one is fetched: ahead of its end, by the clock of this machine. */
  readonly freshUntil: number;
}

/** Ahead of the end by this share of a token's life, so that none expires on its way. */
const MARGIN = 0.1;

/** Client credentials (RFC 6749 §4.4): one token for all calls, fetched anew before it expires. */
export class ClientCredentials implements TokenSource {
  private grant: Promise<Grant> | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly client: {
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope?: string;
    },
  ) {}

  async token(signal?: AbortSignal): Promise<string> {
    const current = await (this.grant ??= this.fetchGrant());
    signal?.throwIfAborted();
    if (Date.now() < current.freshUntil) return current.token;
    this.grant = undefined;
    return this.token(signal);
  }

  refused(): boolean {
    this.grant = undefined;
    return true;
  }

  /** Not bound to one caller's signal, because others wait for the same token. */
  private fetchGrant(): Promise<Grant> {
    const grant = this.request();
    grant.catch(() => (this.grant = undefined));
    return grant;
  }

  private async request(): Promise<Grant> {
    const { clientId, clientSecret, scope } = this.client;
    const response = await this.transport.succeed({
      method: 'POST',
      path: '/v1/oauth/token',
      repeatable: true,
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        ...(scope !== undefined && { scope }),
      }),
    });
    const { access_token: token, expires_in: seconds } = (await response.json()) as {
      access_token: string;
      expires_in: number;
    };
    return { token, freshUntil: Date.now() + seconds * 1_000 * (1 - MARGIN) };
  }
}
