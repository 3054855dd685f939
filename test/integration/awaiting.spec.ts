import { AwaitCapture, CAPTURE_ENDED_CHANNEL, CaptureWaits, type ReadCapture, wakeEnded } from '#captures';
import { Listener } from '#database';
import { BreakableProxy } from '../api/support/breakable-proxy.js';
import { InProcess } from '../support/stack-in-process.js';
import { until } from '../support/wait.js';

/** Longer than a test may take: what ends sooner was woken. */
const LONG_MS = 300_000;

describe('awaiting the end of a capture', () => {
  let one: InProcess;
  let waits: CaptureWaits;
  let awaiting: AwaitCapture;
  let reads: number;

  beforeAll(async () => {
    one = await InProcess.open({ poolMax: 2 });
  });
  afterAll(() => one?.close());
  beforeEach(() => {
    waits = new CaptureWaits({ max: 100, maxPerTenant: 100 });
    reads = 0;
    const counted: Pick<ReadCapture, 'execute'> = {
      execute: (...call) => one.readCapture.execute(...call).finally(() => (reads += 1)),
    };
    awaiting = new AwaitCapture(counted, waits);
  });
  afterEach(() => waits.close());

  const wait = (captureId: string, { waitMs = LONG_MS, signal = new AbortController().signal } = {}) =>
    awaiting.execute(one.tenantId, captureId, { waitMs, signal, forReviewer: false });
  const cancel = (captureId: string) => one.cancelCapture.execute(one.caller, captureId);
  const waiting = (count: number) => until(() => waits.size === count);
  const listen = (url = one.databaseUrl, onListening?: () => void) =>
    new Listener(url, { [CAPTURE_ENDED_CHANNEL]: (captureId) => waits.wake(captureId) }, onListening);

  /** Every way a capture can end, and what a wait for it comes to. */
  const ends: [
    how: string,
    end: (captureId: string, subjectId: string) => Promise<unknown>,
    outcome: object,
  ][] = [
    ['decided', (captureId) => decide(captureId), { state: 'decided', decision: { outcome: 'accepted' } }],
    ['cancelled', cancel, { state: 'cancelled' }],
    ['expired', (captureId) => expire(captureId), { state: 'expired' }],
    [
      'erased with its subject',
      (_, subjectId) => one.subjects.erase(one.caller, subjectId),
      { code: 'capture_not_found' },
    ],
  ];

  async function decide(captureId: string): Promise<void> {
    await one.submit(captureId);
    await one.runStages({ v: 1, tenantId: one.tenantId, captureId, generation: 1 });
  }

  async function expire(captureId: string): Promise<void> {
    await one.probe.rows(
      `UPDATE captures SET next_check_at = now(), submit_by = now() - interval '1 hour' WHERE id = $1`,
      [captureId],
    );
    await one.newSweeper().sweepDue();
  }

  it.each(ends)('ends by the database’s notification when it is %s', async (_how, end, outcome) => {
    const listener = listen();
    await listener.start();
    try {
      const subjectId = await one.subject();
      const captureId = await one.started('enrolment', subjectId);
      const answer = wait(captureId).catch((error: unknown) => error);
      await waiting(1);
      await end(captureId, subjectId);
      expect(await answer).toMatchObject(outcome);
      expect(waits.size).toBe(0);
    } finally {
      await listener.close();
    }
  });

  it('ends by another look when the notification was lost with its connection', async () => {
    const { hostname: host, port } = new URL(one.databaseUrl);
    const proxy = await BreakableProxy.to({ host, port: Number(port) });
    const through = new URL(one.databaseUrl);
    through.host = `127.0.0.1:${proxy.port}`;
    let listened = 0;
    const listener = listen(through.href, () => {
      listened += 1;
      void wakeEnded(one.unitOfWork, waits);
    });
    await listener.start();
    try {
      const captureId = await one.started('liveness');
      const answer = wait(captureId);
      // Who has not looked yet would see the end without being woken.
      await until(() => reads === 1);
      proxy.break();
      await cancel(captureId);
      proxy.mend();
      expect((await answer).state).toBe('cancelled');
      expect(listened).toBe(2);
    } finally {
      await listener.close();
      await proxy.close();
    }
  });

  it('ends by a look now and then, and only for what has ended', async () => {
    const [open, ended, erased] = [
      await one.started('liveness'),
      await one.started('liveness'),
      await one.subject(),
    ];
    const ofErased = await one.started('liveness', erased);
    const answers = { ended: wait(ended), erased: wait(ofErased).catch((error: unknown) => error) };
    const still = wait(open);
    await waiting(3);
    await cancel(ended);
    await one.subjects.erase(one.caller, erased);
    await wakeEnded(one.unitOfWork, waits);
    expect((await answers.ended).state).toBe('cancelled');
    expect(await answers.erased).toMatchObject({ code: 'capture_not_found' });
    expect(waits.captureIds()).toEqual([open]);
    waits.close();
    expect((await still).state).toBe('started');
  });

  it('goes on after a notification that was none', async () => {
    const captureId = await one.started('liveness');
    const answer = wait(captureId);
    await waiting(1);
    waits.wake(captureId);
    await one.readCapture.execute(one.tenantId, captureId, false);
    expect(waits.size).toBe(1);
    await cancel(captureId);
    waits.wake(captureId);
    expect((await answer).state).toBe('cancelled');
  });

  it('answers with what there is when the wait is over, or was none', async () => {
    const captureId = await one.started('liveness');
    expect((await wait(captureId, { waitMs: 30 })).state).toBe('started');
    expect((await wait(captureId, { waitMs: 0 })).state).toBe('started');
    await cancel(captureId);
    expect((await wait(captureId)).state).toBe('cancelled');
  });

  it('holds no connection: far more callers wait than there are', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => one.started('liveness')));
    const answers = ids.map((id) => wait(id));
    await waiting(40);
    const busy = `pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%sb_app' AND state <> 'idle'`;
    await until(async () => (await one.probe.count(busy)) === 0);
    await Promise.all(ids.map(cancel));
    await wakeEnded(one.unitOfWork, waits);
    for (const answer of answers) expect((await answer).state).toBe('cancelled');
  });

  it('takes no more callers than allowed: one more is answered at once', async () => {
    waits = new CaptureWaits({ max: 1, maxPerTenant: 1 });
    awaiting = new AwaitCapture(one.readCapture, waits);
    const captureId = await one.started('liveness');
    const first = wait(captureId);
    await waiting(1);
    expect((await wait(captureId)).state).toBe('started');
    expect(waits.size).toBe(1);
    await cancel(captureId);
    waits.wake(captureId);
    expect((await first).state).toBe('cancelled');
    expect(waits.size).toBe(0);
  });

  it('frees the place of a caller who has gone', async () => {
    const captureId = await one.started('liveness');
    const caller = new AbortController();
    const answer = wait(captureId, { signal: caller.signal });
    await waiting(1);
    caller.abort();
    expect((await answer).state).toBe('started');
    expect(waits.size).toBe(0);
    expect((await wait(captureId, { signal: caller.signal })).state).toBe('started');
  });

  it('ends for all callers at the end of the process, and begins for none afterwards', async () => {
    const captureId = await one.started('liveness');
    const answers = [wait(captureId), wait(captureId)];
    await waiting(2);
    waits.close();
    for (const answer of answers) expect((await answer).state).toBe('started');
    expect((await wait(captureId)).state).toBe('started');
  });
});
