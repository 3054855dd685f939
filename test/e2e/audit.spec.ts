import { sequencerOf } from '../support/audit.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/wait.js';

describe('the audit trail of a running stack', () => {
  let test: TestStack;

  beforeAll(async () => {
    test = await startTestStack({
      workers: 2,
      env: { WORKER_STAGES: 'decision', AUDIT_CHECKPOINT_INTERVAL_MS: '1000' },
    });
  });
  afterAll(() => test?.stop());

  it('is chained and signed by its workers, each event once', async () => {
    const { probe, api, client } = test;
    for (let i = 0; i < 20; i++) await api.subject();
    const events = () => probe.count('audit_events');
    await until(async () => (await probe.count('audit_chain')) === (await events()));
    expect(await probe.count('audit_pending')).toBe(0);
    const head = await probe.one<{ seq: string }>(
      'SELECT max(seq) AS seq FROM audit_chain WHERE tenant_id = $1',
      [client.tenantId],
    );
    await until(async () => {
      const [last] = await probe.rows<{ seq: string }>(
        'SELECT max(seq) AS seq FROM audit_checkpoints WHERE tenant_id = $1',
        [client.tenantId],
      );
      return last?.seq === head.seq;
    });
    // Nothing was left for anybody else to chain.
    await test.withPlatform(async ({ unitOfWork }) => {
      expect(await sequencerOf(unitOfWork).sequenceDue()).toBe(0);
    });
  });
});
