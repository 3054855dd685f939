import { setTimeout as sleep } from 'node:timers/promises';
import type { NewClient } from '#access';
import type { Action } from '#biometrics';
import type { CaptureView, CreatedCapture, StartedCapture } from '#captures';

const WAIT_SECONDS = 20;
/** Between two long-polls, should the API answer early because too many wait. */
const PAUSE_MS = 500;
const MAX_REFUSALS = 3;
const DECISION_DEADLINE_MS = 60_000;

/** What a challenge asks for: actions and, with a flash, one colour a frame. */
export interface Asked {
  readonly challenge: readonly Action[];
  readonly flash?: readonly string[];
}

/** The public API as an integrator's service would use it. */
export class ApiClient {
  private constructor(
    private readonly baseUrl: string,
    private readonly token: string,
  ) {}

  static async login(baseUrl: string, { clientId, clientSecret }: NewClient): Promise<ApiClient> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    const { access_token } = await read<{ access_token: string }>(
      await send(`${baseUrl}/v1/oauth/token`, { method: 'POST', body }),
    );
    return new ApiClient(baseUrl, access_token);
  }

  async createSubject(): Promise<string> {
    const { id } = await this.post<{ id: string }>('/v1/subjects');
    for (const purpose of ['enrolment', 'verification']) {
      await this.post(`/v1/subjects/${id}/consents`, { purpose, noticeVersion: 'demo-1' });
    }
    return id;
  }

  /** Runs a whole capture and waits for its decision; `totalMs` counts from the end of the upload's request to the decision seen. */
  async capture(
    purpose: 'enrolment' | 'verification',
    subjectId: string,
    record: (asked: Asked) => Promise<readonly Buffer[]>,
    flash?: boolean,
  ): Promise<{ view: CaptureView; totalMs: number }> {
    const { id } = await this.post<CreatedCapture>('/v1/captures', { purpose, subjectId, flash });
    const started = await this.post<StartedCapture>(`/v1/captures/${id}/start`);
    const { actions: challenge, flash: shown } = started;
    const frames = await record({ challenge, ...(shown && { flash: shown.colours }) });
    const form = new FormData();
    frames.forEach((frame, index) =>
      form.append('frames', new Blob([new Uint8Array(frame)], { type: 'image/jpeg' }), `${index}.jpg`),
    );
    const began = performance.now();
    await read(
      await send(`${this.baseUrl}/v1/captures/${id}/frames`, {
        method: 'POST',
        headers: this.headers,
        body: form,
      }),
    );
    const view = await this.decided(id);
    return { view, totalMs: Math.round(performance.now() - began) };
  }

  private async decided(id: string): Promise<CaptureView> {
    const deadline = Date.now() + DECISION_DEADLINE_MS;
    for (;;) {
      const view = await read<CaptureView>(
        await send(`${this.baseUrl}/v1/captures/${id}?wait=${WAIT_SECONDS}`, { headers: this.headers }),
      );
      if (view.state === 'decided') return view;
      if (Date.now() > deadline)
        throw new Error(
          `Capture ${id} was not decided within ${DECISION_DEADLINE_MS / 1_000} s; it is ${view.state}`,
        );
      await sleep(PAUSE_MS);
    }
  }

  private async post<T>(path: string, body?: unknown): Promise<T> {
    const headers =
      body === undefined ? this.headers : { ...this.headers, 'content-type': 'application/json' };
    return read<T>(
      await send(`${this.baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
    );
  }

  private get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }
}

/** Comes back when the API says so, if it was asked too often. */
async function send(url: string, init: RequestInit, patience = MAX_REFUSALS): Promise<Response> {
  const response = await fetch(url, init);
  const retryAfter = response.headers.get('retry-after');
  if (response.status !== 429 || retryAfter === null || patience === 0) return response;
  await response.body?.cancel();
  await sleep(1_000 * Number(retryAfter));
  return send(url, init, patience - 1);
}

async function read<T>(response: Response): Promise<T> {
  const body: unknown = await response.json();
  if (response.ok) return body as T;
  const { code, detail, title } = body as { code?: string; detail?: string; title?: string };
  throw new Error(`${response.status} ${code ?? ''}: ${detail ?? title ?? 'no details'}`);
}
