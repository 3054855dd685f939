import type { NewClient } from '#access';
import type { Action } from '#biometrics';
import { type Capture, SecureBiometricClient } from '#client';

const DECISION_DEADLINE_MS = 60_000;

/** What a challenge asks for: actions and, with a flash, one colour a frame. */
export interface Asked {
  readonly challenge: readonly Action[];
  readonly flash?: readonly string[];
}

/** An integrator's service with a person before its camera, by the client that integrators use. */
export class DemoClient {
  private readonly client: SecureBiometricClient;

  constructor(baseUrl: string, { clientId, clientSecret }: Pick<NewClient, 'clientId' | 'clientSecret'>) {
    this.client = new SecureBiometricClient({ baseUrl, clientId, clientSecret });
  }

  async createSubject(): Promise<string> {
    const { id } = await this.client.createSubject();
    for (const purpose of ['enrolment', 'verification'] as const)
      await this.client.giveConsent(id, { purpose, noticeVersion: 'demo-1' });
    return id;
  }

  /** Gives the subject its attempts back, as after another factor: an attacker has one budget, and the demo shows many attacks. */
  async resetAttempts(subjectId: string): Promise<void> {
    await this.client.call({
      method: 'POST',
      path: `/v1/subjects/${subjectId}/attempts/reset`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'other_factor' }),
      repeatable: true,
    });
  }

  /** Runs a whole capture and waits for its decision; `totalMs` counts from the end of the upload's request to the decision seen. */
  async capture(
    purpose: 'enrolment' | 'verification',
    subjectId: string,
    record: (asked: Asked) => Promise<readonly Buffer[]>,
    flash?: boolean,
  ): Promise<{ view: Capture; totalMs: number }> {
    const { id } = await this.client.createCapture({
      purpose,
      subjectId,
      ...(flash !== undefined && { flash }),
    });
    const { actions: challenge, flash: shown } = await this.client.startCapture(id);
    const frames = await record({ challenge, ...(shown && { flash: shown.colours }) });
    const began = performance.now();
    await this.client.submitFrames(id, frames);
    const view = await this.client.waitForCapture(id, { deadlineMs: DECISION_DEADLINE_MS });
    if (view.state !== 'decided') throw new Error(`Capture ${id} ended ${view.state}`);
    return { view, totalMs: Math.round(performance.now() - began) };
  }
}
