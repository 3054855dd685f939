import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { recordAudit } from '#audit';
import type { Keyring } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '#subjects';
import type { WebhookEventType } from '../event-types.js';
import type { AddressPolicy } from '../sending/address-policy.js';
import { checkedUrl } from './checked-url.js';
import { drawSecret, retireSecrets, storeSecret } from './endpoint-secrets.js';
import { type EndpointState, WebhookEndpointEntity } from './webhook-endpoint.entity.js';

/** Endpoints of one tenant: every event is looked up against all of them. */
export const MAX_ENDPOINTS = 20;

export interface EndpointWish {
  readonly url: string;
  readonly description?: string;
  /** Absent or null: all. */
  readonly eventTypes?: readonly WebhookEventType[] | null;
}

export interface EndpointChange extends Partial<EndpointWish> {
  readonly state?: EndpointState;
}

export type EndpointView = Omit<WebhookEndpointEntity, 'tenantId' | 'failingSince'>;

/** A tenant's webhook endpoints. */
export class WebhookEndpoints {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
    private readonly policy: AddressPolicy,
  ) {}

  /** @returns the endpoint, and its secret this once. @throws ProblemError webhook_url_refused, webhook_endpoint_limit */
  async create(caller: Caller, wish: EndpointWish): Promise<EndpointView & { readonly secret: string }> {
    const { tenantId } = caller;
    const id = uuid();
    const url = checkedUrl(wish.url, this.policy);
    const drawn = await drawSecret(this.keyring, { tenantId, endpointId: id });
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      // Two requests at once could otherwise each find one place left.
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`webhooks ${tenantId}`]);
      if ((await manager.count(WebhookEndpointEntity)) >= MAX_ENDPOINTS)
        throw new ProblemError('webhook_endpoint_limit');
      const { description = '', eventTypes = null } = wish;
      await manager.insert(WebhookEndpointEntity, {
        ...{ id, tenantId, url, description },
        eventTypes: eventTypes && [...eventTypes],
      });
      await storeSecret(manager, { tenantId, endpointId: id }, drawn);
      await audit(manager, caller, 'webhook_endpoint.created', id);
      return { ...viewOf(await findEndpoint(manager, id)), secret: drawn.secret };
    });
  }

  list(tenantId: string): Promise<EndpointView[]> {
    return this.unitOfWork.inTenant(tenantId, async (manager) =>
      (await manager.find(WebhookEndpointEntity, { order: { createdAt: 'ASC', id: 'ASC' } })).map(viewOf),
    );
  }

  /** @throws ProblemError webhook_endpoint_not_found */
  get(tenantId: string, id: string): Promise<EndpointView> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => viewOf(await findEndpoint(manager, id)));
  }

  /**
   * Enabling forgets its failures; what waited for it is delivered then.
   * @throws ProblemError webhook_endpoint_not_found, webhook_url_refused
   */
  change(caller: Caller, id: string, change: EndpointChange): Promise<EndpointView> {
    const { description, eventTypes, state } = change;
    const url = change.url === undefined ? undefined : checkedUrl(change.url, this.policy);
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      const before = await lockEndpoint(manager, id);
      const values = {
        // A new address has not failed yet.
        ...(url !== undefined && { url, failingSince: null }),
        ...(description !== undefined && { description }),
        ...(eventTypes !== undefined && { eventTypes: eventTypes && [...eventTypes] }),
        ...(state === 'enabled' && { state, disabledReason: null, disabledAt: null, failingSince: null }),
        ...(state === 'disabled' &&
          before.state === 'enabled' && {
            state,
            disabledReason: 'requested' as const,
            disabledAt: new Date(),
          }),
      };
      if (Object.keys(values).length === 0) return viewOf(before);
      await manager.update(WebhookEndpointEntity, { id }, values);
      await audit(manager, caller, 'webhook_endpoint.changed', id, {
        changed: Object.keys(change).sort().join(' '),
      });
      return viewOf(await findEndpoint(manager, id));
    });
  }

  /** Removes it with its deliveries and their log. @throws ProblemError webhook_endpoint_not_found */
  remove(caller: Caller, id: string): Promise<void> {
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      await lockEndpoint(manager, id);
      await manager.delete(WebhookEndpointEntity, { id });
      await audit(manager, caller, 'webhook_endpoint.removed', id);
    });
  }

  /**
   * @param overlapMs how long the secret before goes on signing beside the new one
   * @returns the new secret, this once
   * @throws ProblemError webhook_endpoint_not_found
   */
  async rotateSecret(caller: Caller, id: string, overlapMs: number): Promise<{ readonly secret: string }> {
    const { tenantId } = caller;
    const drawn = await drawSecret(this.keyring, { tenantId, endpointId: id });
    await this.unitOfWork.inTenant(tenantId, async (manager) => {
      await lockEndpoint(manager, id);
      await retireSecrets(manager, id, overlapMs);
      await storeSecret(manager, { tenantId, endpointId: id }, drawn);
      await audit(manager, caller, 'webhook_endpoint.secret_rotated', id);
    });
    return { secret: drawn.secret };
  }
}

/** @throws ProblemError webhook_endpoint_not_found */
export async function findEndpoint(manager: EntityManager, id: string): Promise<WebhookEndpointEntity> {
  const endpoint = await manager.findOneBy(WebhookEndpointEntity, { id });
  if (!endpoint) throw new ProblemError('webhook_endpoint_not_found');
  return endpoint;
}

/** The same, locked until the transaction ends. @throws ProblemError webhook_endpoint_not_found */
export async function lockEndpoint(manager: EntityManager, id: string): Promise<WebhookEndpointEntity> {
  const lock = { mode: 'pessimistic_write' } as const;
  const endpoint = await manager.findOne(WebhookEndpointEntity, { where: { id }, lock });
  if (!endpoint) throw new ProblemError('webhook_endpoint_not_found');
  return endpoint;
}

function viewOf(endpoint: WebhookEndpointEntity): EndpointView {
  const { id, url, description, eventTypes, state, disabledReason, disabledAt, createdAt } = endpoint;
  return { id, url, description, eventTypes, state, disabledReason, disabledAt, createdAt };
}

function audit(
  manager: EntityManager,
  caller: Caller,
  action: `webhook_endpoint.${'created' | 'changed' | 'removed' | 'secret_rotated'}`,
  id: string,
  detail?: Record<string, string>,
): Promise<void> {
  return recordAudit(manager, caller.tenantId, {
    action,
    outcome: 'success',
    actor: caller.actor,
    target: { kind: 'webhook_endpoint', id },
    correlationId: caller.correlationId,
    detail,
  });
}
