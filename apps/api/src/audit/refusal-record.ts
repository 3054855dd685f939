import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf } from '#access';
import { recordAudit } from '#audit';
import type { UnitOfWork } from '#database';
import { type ErrorCode, meaningOfCode } from '#errors';
import { auditOf } from '../access/route-audit.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Refused before the deed was looked at, as often as a caller likes: counted, but not for ever in the trail. */
const NOT_ATTEMPTED: readonly ErrorCode[] = ['rate_limited', 'overloaded'];

/**
 * Keeps audited deeds that were refused or failed: in a transaction of its own, because that of the deed was rolled back with everything in
 * it. Whoever could not prove who they are belongs to no tenant's trail; use cases that know better record it themselves.
 */
export class RefusalRecord {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async keep({ id, principal, problem, method, routeOptions, params }: FastifyRequest): Promise<void> {
    const audit = auditOf(method, routeOptions.url);
    if (!audit || !problem || !principal) return;
    if (NOT_ATTEMPTED.includes(problem) || audit.ownRefusals?.includes(problem)) return;
    const { tenantId } = principal;
    const targetId = (params as { id?: string }).id ?? '';
    await this.unitOfWork.inTenant(tenantId, (manager) =>
      recordAudit(manager, tenantId, {
        action: audit.actions[0],
        outcome: meaningOfCode(problem).status >= 500 ? 'failure' : 'refused',
        actor: actorOf(principal),
        target: audit.target && UUID.test(targetId) ? { kind: audit.target, id: targetId } : undefined,
        correlationId: id,
        detail: { code: problem },
      }),
    );
  }
}

/** Before the refusal is sent, so that who has read it can be sure that it is kept; an outage of the trail itself changes no answer. */
export function keepRefusals(fastify: FastifyInstance, record: () => RefusalRecord): void {
  fastify.addHook('onSend', async (request) => {
    if (!request.problem) return;
    await record()
      .keep(request)
      .catch((error: unknown) => request.log.error({ err: error }, 'refusal not audited'));
  });
}
