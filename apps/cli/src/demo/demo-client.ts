import type { NewClient } from '#access';
import type { Action } from '#biometrics';
import { type Capture, SecureBiometricClient } from '#client';

const DECISION_DEADLINE_MS = 60_000;

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

  /** Runs a whole capture and waits for its decision; `totalMs` counts from the end of the upload's request to the decision seen. */
  async capture(
    purpose: 'enrolment' | 'verification',
    subjectId: string,
    record: (challenge: readonly Action[]) => Promise<readonly Buffer[]>,
  ): Promise<{ view: Capture; totalMs: number }> {
    const { id } = await this.client.createCapture({ purpose, subjectId });
    const { actions } = await this.client.startCapture(id);
    const frames = await record(actions);
    const began = performance.now();
    await this.client.submitFrames(id, frames);
    const view = await this.client.waitForCapture(id, { deadlineMs: DECISION_DEADLINE_MS });
    if (view.state !== 'decided') throw new Error(`Capture ${id} ended ${view.state}`);
    return { view, totalMs: Math.round(performance.now() - began) };
  }
}
