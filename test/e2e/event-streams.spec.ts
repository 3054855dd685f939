import {
  Pipeline,
  CAPTURE_END_TOPICS,
  captureTopics,
  DecisionStage,
  ExtractionStage,
  SealedOutputs,
  StageTransactions,
} from '#captures';
import { parseConfig } from '#config';
import { Loop, OutboxRelay } from '#database';
import { endSessionsWithReferences } from '#face-sessions';
import { createLogs } from '#observability';
import { openConfiguredQueue, type Platform } from '#platform';
import { type StageQueue, STAGES } from '#queue';
import { PERFECT } from '../support/quality.js';
import { pictures } from '../api/support/pictures.js';
import { follow, type ServerSentEvent } from '../support/event-source.js';
import { face } from '../support/stack-in-process.js';
import { QUEUE_HOMES, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/wait.js';

const CAPTURES = 100;
const SUBSCRIBERS_PER_CAPTURE = 3;
const DEADLINE_MS = 600_000;

/** A worker in this process: the real queue, relay, stage transactions and decision; only the pictures are not looked at. */
class LightWorker {
  private constructor(
    private readonly queue: StageQueue,
    private readonly loop: Loop,
  ) {}

  static async start({ env }: TestStack, { unitOfWork, keyring, blobs }: Platform): Promise<LightWorker> {
    const logger = createLogs({ name: 'test', level: 'fatal' }).application;
    const queue = await openConfiguredQueue(parseConfig(env), 'worker', logger);
    const outputs = new SealedOutputs(unitOfWork, keyring, blobs, { orphanAfterMs: 3_600_000 });
    const extractor = {
      models: [],
      extract: () =>
        Promise.resolve({
          template: face(1),
          halt: null,
          frames: [],
          consistency: null,
          groupConsistency: null,
          quality: PERFECT,
          scalars: {},
        }),
    };
    const skipped = { run: () => Promise.resolve({ status: 'skipped' as const }) };
    const pipeline = new Pipeline(
      new StageTransactions(unitOfWork, { checkAfterMs: 60_000 }),
      {
        extraction: new ExtractionStage(outputs, extractor, { deadlineMs: 10_000 }),
        depth: skipped,
        mesh: skipped,
        liveness: skipped,
      },
      new DecisionStage(unitOfWork, keyring, outputs, {
        frameRetention: { defaultMs: 3_600_000, maxMs: 3_600_000 },
        onReferencesReplaced: endSessionsWithReferences,
      }),
    );
    for (const stage of STAGES)
      await queue.consume(stage, async (job, context) => void (await pipeline.handle(stage, job, context)), {
        concurrency: 4,
      });
    const nobodyToTell = Object.fromEntries(
      CAPTURE_END_TOPICS.map((topic) => [topic, () => Promise.resolve()]),
    );
    const topics = { ...captureTopics(unitOfWork, queue), ...nobodyToTell };
    const relay = new OutboxRelay(unitOfWork, topics, {
      leaseMs: 5_000,
      onError: (error) => console.error(error),
    });
    const loop = new Loop(
      () => relay.relayDue(),
      100,
      (error) => console.error(error),
    );
    loop.start();
    return new LightWorker(queue, loop);
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    await this.queue.close();
  }
}

/** Someone who follows one capture, now at one API process and now at the other, and hangs up again and again. */
class Subscriber {
  readonly seen: ServerSentEvent[] = [];
  connections = 0;
  ended = false;

  constructor(
    private readonly urls: readonly string[],
    private readonly token: string,
    readonly captureId: string,
    /** Hangs up behind each event whose number this divides; 0 never does. */
    private readonly hangsUpEvery: number,
    private node: number,
  ) {}

  async follow(): Promise<void> {
    while (!this.ended) {
      const url = `${this.urls[this.node++ % this.urls.length]}/v1/captures/${this.captureId}/events`;
      this.connections += 1;
      for await (const event of follow(url, { token: this.token, after: this.seen.at(-1)?.id })) {
        this.seen.push(event);
        this.ended = event.event === 'state' && event.data['state'] === 'decided';
        if (this.hangsUpEvery > 0 && event.id % this.hangsUpEvery === 0) break;
      }
    }
  }
}

const EVERYTHING = [
  'state created',
  'state started',
  'state submitted',
  'state processing',
  ...STAGES.map((stage) => `stage ${stage}`),
  'decision accepted',
  'state decided',
];

describe.each(QUEUE_HOMES)('event streams of two API processes, queue in $home', ({ suite, redisUrl }) => {
  suite(`${CAPTURES * SUBSCRIBERS_PER_CAPTURE} subscribers that come and go`, () => {
    let test: TestStack;
    let subscribers: Subscriber[];

    beforeAll(async () => {
      const env = { CAPTURE_EXPIRES_MS: String(DEADLINE_MS), EVENT_HEARTBEAT_MS: '60000' };
      test = await startTestStack({ apis: 2, workers: 0, redisUrl: redisUrl(), env });
      const frames = await pictures(5);
      await test.withPlatform(async (platform) => {
        const worker = await LightWorker.start(test, platform);
        try {
          const urls = test.stack.urls;
          const clients = urls.map((url) => test.api.at(url));
          const ids: string[] = [];
          for (let index = 0; index < CAPTURES; index++)
            ids.push((await test.api.create({ purpose: 'liveness' })).id);
          subscribers = ids.flatMap((id, index) =>
            Array.from(
              { length: SUBSCRIBERS_PER_CAPTURE },
              (_, nth) => new Subscriber(urls, test.api.token, id, nth, index + nth),
            ),
          );
          const all = Promise.all(subscribers.map((subscriber) => subscriber.follow()));
          // Everyone follows before anything else happens to the captures.
          await Promise.race([all, until(() => subscribers.every(({ seen }) => seen.length > 0))]);
          for (let index = 0; index < ids.length; index += 4)
            await Promise.all(
              ids.slice(index, index + 4).map(async (id, nth) => {
                const client = clients[nth % clients.length] as (typeof clients)[number];
                await client.start(id);
                await client.submit(id, frames);
              }),
            );
          await all;
        } finally {
          await worker.stop();
        }
      });
    }, DEADLINE_MS);
    afterAll(() => test?.stop());

    it('see everything of their capture, in order, none lost, none twice', () => {
      const wrong = subscribers.filter(
        ({ seen }) => seen.some(({ id }, index) => id !== index + 1) || seen.length !== EVERYTHING.length,
      );
      expect(wrong.map(({ captureId, seen }) => [captureId, seen.map(({ id }) => id)])).toEqual([]);
      for (const { seen } of subscribers) {
        const told = seen.map(
          ({ event, data }) => `${event} ${String(data['state'] ?? data['stage'] ?? data['outcome'])}`,
        );
        expect([...told].sort()).toEqual([...EVERYTHING].sort());
        const stages = told.filter((each) => each.startsWith('stage'));
        expect(stages).toEqual(STAGES.map((stage) => `stage ${stage}`));
        expect([told[0], told.at(-1)]).toEqual(['state created', 'state decided']);
      }
    });

    it('agree with each other and with the tables on every single event', async () => {
      const byCapture = new Map<string, ServerSentEvent[]>();
      for (const { captureId, seen } of subscribers) {
        const other = byCapture.get(captureId);
        if (other) expect(seen).toEqual(other);
        byCapture.set(captureId, seen);
      }
      for (const [id, seen] of [...byCapture].slice(0, 20)) {
        const { stages, decision } = await test.api.read(id);
        expect(seen.filter(({ event }) => event === 'stage').map(({ data }) => data)).toEqual(stages);
        expect(seen.find(({ event }) => event === 'decision')?.data).toEqual(decision);
      }
    });

    it('came back as often as they hung up, at both processes', () => {
      const connections = (nth: number) =>
        subscribers
          .filter((_, index) => index % SUBSCRIBERS_PER_CAPTURE === nth)
          .map((subscriber) => subscriber.connections);
      expect(Math.max(...connections(0))).toBe(1);
      expect(Math.min(...connections(1))).toBeGreaterThan(5);
      expect(Math.min(...connections(2))).toBeGreaterThan(3);
    });
  });
});
