import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './call.js';
import { readAnswer } from './raw-call.js';

const BOUNDARY = 'frames-boundary';

/** A multipart upload sent by hand, for what no well-behaved client does. */
export class SlowUpload {
  readonly request: ClientRequest;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly answered: Promise<Answer>;

  constructor(url: string, token: string, headers: Readonly<Record<string, string>> = {}) {
    this.request = request(url, {
      method: 'POST',
      agent: this.agent,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        ...headers,
      },
    });
    this.answered = once(this.request, 'response').then(([response]) =>
      readAnswer('POST', url, response as IncomingMessage),
    );
    this.answered.catch(() => undefined);
  }

  /** Sends a whole part. */
  part(bytes: Uint8Array): void {
    this.open();
    this.request.write(bytes);
    this.request.write('\r\n');
  }

  /** Begins a part that stays open. */
  open(): void {
    this.request.write(
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="frames"; filename="f.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`,
    );
  }

  end(): void {
    this.request.end(`--${BOUNDARY}--\r\n`);
  }

  /** Goes on sending until an answer has come; returns it and how many bytes had gone out before. */
  async sendUntilAnswered(limitBytes: number): Promise<{ answer: Answer; sent: number }> {
    const filler = Buffer.alloc(64 * 1024, 'x');
    let sent = 0;
    let answer: Answer | undefined;
    const arrived = this.answered.then((value) => (answer = value));
    while (!answer && sent < limitBytes) {
      const flushed = this.request.write(filler);
      sent += filler.length;
      if (!flushed) await Promise.race([once(this.request, 'drain'), arrived]);
      await Promise.race([arrived, sleep(1)]);
    }
    if (!answer) this.end();
    answer = await arrived;
    this.request.destroy();
    return { answer, sent };
  }

  /** Breaks the connection off. */
  abort(): void {
    this.request.destroy();
  }

  answer(): Promise<Answer> {
    return this.answered;
  }
}
