import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';

/** A certificate of localhost that nobody signed but itself, and its key; PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export async function selfSigned(): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  return { cert, key };
}

/** Writes the pair, and says where as the API wants to know it. */
export async function install(folder: string, { cert, key }: Certificate) {
  const env = { TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') };
  await writeFile(env.TLS_KEY, key);
  await writeFile(env.TLS_CERT, cert);
  return env;
}

/** Puts new content in the place of a file's, which is never seen half written. */
export async function replaceFile(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

export interface TlsAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly protocol: string | null;
  /** Port of the caller's end: the same as long as the connection is. */
  readonly localPort: number | undefined;
}

/** A caller who believes one certificate only, and keeps its connection. */
export class TlsCaller {
  private readonly agent: Agent;

  constructor({ cert }: Certificate) {
    this.agent = new Agent({ keepAlive: true, maxSockets: 1, ca: cert, servername: 'localhost' });
  }

  /** @throws Error when the server shows another certificate */
  async get(url: string): Promise<TlsAnswer> {
    const sent = request(url, { agent: this.agent });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const socket = response.socket as TLSSocket;
    const [protocol, localPort] = [socket.getProtocol(), socket.localPort];
    await response.resume().toArray();
    return { status: response.statusCode ?? 0, headers: response.headers, protocol, localPort };
  }

  close(): void {
    this.agent.destroy();
  }
}
