import { CAPTURE_END_TOPICS, readCaptureEnd } from '#captures';
import type { Config } from '#config';
import { Loop, type TopicHandler } from '#database';
import { type Logger, productVersion } from '#observability';
import type { WebhookMetrics } from '#operations';
import type { Platform } from '#platform';
import type { StageQueue } from '#queue';
import {
  AddressPolicy,
  DELIVERIES,
  DeliverWebhook,
  type DeliveryReport,
  type Describe,
  guardedAgent,
  WebhookDispatcher,
  WebhookRetention,
  WebhookSender,
  type WebhookSettings,
  webhookTopics,
} from '#webhooks';
import type { OnClose } from './pipeline.js';

const FORGET_INTERVAL_MS = 600_000;

/** What a worker does for webhooks: writes down what there is to tell, dispatches what is due, delivers. */
export interface WebhookParts {
  readonly topics: Record<string, TopicHandler>;
  readonly loops: readonly Loop[];
}

/** Makes the attempts, over connections of its own that `onClose` drops. */
export function openSender(config: Config, onClose: OnClose): WebhookSender {
  const { timeoutMs } = settingsOf(config);
  const agent = guardedAgent(new AddressPolicy(config.WEBHOOK_ALLOW ?? []), { timeoutMs });
  onClose(() => agent.destroy());
  return new WebhookSender(agent, { timeoutMs, userAgent: `secure-biometric/${productVersion()}` });
}

/** Starts to deliver, where the worker is to. */
export async function startWebhooks(
  config: Config,
  logger: Logger,
  { unitOfWork, keyring }: Platform,
  queue: StageQueue,
  sender: WebhookSender,
  metrics: WebhookMetrics,
): Promise<WebhookParts> {
  const settings = settingsOf(config);
  const tasks = queue.tasks(DELIVERIES);
  const dispatcher = new WebhookDispatcher(unitOfWork, tasks, settings);
  const retention = new WebhookRetention(unitOfWork, { keepMs: config.WEBHOOK_RETENTION_MS });
  const loop = (name: string, intervalMs: number, task: () => Promise<number>) =>
    new Loop(task, intervalMs, (error) => logger.warn({ err: error, loop: name }, 'round failed'));
  const dispatching = loop('webhooks', config.WEBHOOK_INTERVAL_MS, () => dispatcher.dispatchDue());
  const forgetting = loop('webhook retention', FORGET_INTERVAL_MS, async () => {
    await retention.removeOld();
    return 0;
  });

  if (config.WEBHOOK_CONCURRENCY > 0) {
    const deliver = new DeliverWebhook(unitOfWork, keyring, sender, settings);
    await tasks.consume(
      async (task, { signal }) => {
        try {
          const report = await deliver.execute(task, signal);
          if (report) tell(report, logger, metrics);
        } catch (error) {
          logger.warn({ err: error, deliveryId: task.deliveryId }, 'webhook attempt failed');
          throw error;
        } finally {
          // The endpoint has room for another one.
          dispatching.wake();
        }
      },
      { concurrency: config.WEBHOOK_CONCURRENCY },
    );
  }
  return {
    topics: webhookTopics(unitOfWork, describe, () => dispatching.wake()),
    loops: [dispatching, forgetting],
  };
}

function settingsOf(config: Config): WebhookSettings {
  return {
    timeoutMs: config.WEBHOOK_TIMEOUT_MS,
    retryMs: config.WEBHOOK_RETRY_MS,
    disableAfterMs: config.WEBHOOK_DISABLE_AFTER_MS,
    perEndpoint: config.WEBHOOK_PER_ENDPOINT,
  };
}

/** By the endpoint's id and never its address, which may hold a secret. */
function tell(report: DeliveryReport, logger: Logger, metrics: WebhookMetrics): void {
  metrics.delivered(report);
  const { endpointId, eventId, state, disabled, result } = report;
  const { outcome, status, durationMs } = result;
  const ids = { webhookEndpointId: endpointId, webhookId: eventId };
  logger.info({ ...ids, outcome, status, durationMs, state }, 'webhook');
  if (disabled) logger.warn({ ...ids, reason: disabled }, 'webhook endpoint disabled');
}

const describe: Describe = async (manager, type, aggregateId) => {
  if (!CAPTURE_END_TOPICS.some((topic) => topic === type)) return null;
  const end = await readCaptureEnd(manager, aggregateId);
  if (!end) return null;
  const { captureId, subjectId, purpose, outcome, code, at } = end;
  const ids = { captureId, subjectId, purpose };
  return {
    ...{ type, captureId, occurredAt: at, about: captureId },
    data: type === 'capture.decided' ? { ...ids, outcome, code } : ids,
  };
};
