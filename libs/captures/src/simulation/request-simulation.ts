import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { recordAudit } from '#audit';
import { PURPOSES } from '#biometrics';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '#subjects';
import { policyOfVersion } from '../policies.js';
import { type SimulationResult, simulationResult } from './simulation-result.js';
import { EMPTY_TALLY, type Tally } from './tally.js';

export const SIMULATION_STATES = ['queued', 'running', 'done', 'failed'] as const;
export type SimulationState = (typeof SIMULATION_STATES)[number];

const DEFAULT_SPAN_MS = 30 * 24 * 3_600_000;
const KEPT_DAYS = 30;

/** Over which decisions a simulation counts. */
export interface SimulationQuestion {
  readonly purpose?: (typeof PURPOSES)[number] | undefined;
  /** Decided at this moment or later; default 30 days before the request. */
  readonly from?: Date | undefined;
  /** Decided before this moment; at most, and by default, that of the request. */
  readonly to?: Date | undefined;
  /** Exact counts instead of rounded ones. */
  readonly exact?: boolean | undefined;
}

export const storedQuestion = z.object({
  purpose: z.enum(PURPOSES).nullable(),
  from: z.coerce.date(),
  to: z.coerce.date(),
  exact: z.boolean(),
});
type StoredQuestion = z.output<typeof storedQuestion>;

export interface SimulationView extends StoredQuestion {
  readonly id: string;
  /** The simulated policy. */
  readonly version: number;
  readonly state: SimulationState;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** Null until it is done. */
  readonly result: SimulationResult | null;
}

interface SimulationRow {
  readonly id: string;
  readonly version: number;
  readonly state: SimulationState;
  readonly question: unknown;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly tally: Tally;
}

/** Asks what another policy would have decided; a worker answers. */
export class PolicySimulations {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: { readonly perHour: number },
  ) {}

  /** @throws ProblemError policy_not_found, validation_failed, simulations_exhausted */
  async request(caller: Caller, version: number, asked: SimulationQuestion): Promise<SimulationView> {
    const { tenantId } = caller;
    const question = completed(asked);
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      await requirePolicy(manager, version);
      await manager.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`policy-simulations/${tenantId}`]);
      await this.requireRoom(manager);
      const id = uuid();
      await manager.query(
        `INSERT INTO policy_simulations (id, tenant_id, version, question, correlation_id, tally)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [id, tenantId, version, JSON.stringify(question), caller.correlationId, JSON.stringify(EMPTY_TALLY)],
      );
      await recordAudit(manager, tenantId, {
        action: 'policy.simulated',
        outcome: 'success',
        actor: caller.actor,
        target: { kind: 'policy_simulation', id },
        correlationId: caller.correlationId,
        detail: { version, exact: question.exact },
      });
      return readSimulation(manager, id);
    });
  }

  /** @throws ProblemError simulation_not_found */
  read(tenantId: string, id: string): Promise<SimulationView> {
    return this.unitOfWork.inTenant(tenantId, (manager) => readSimulation(manager, id));
  }

  /** Each answer narrows scores down a little, so that there is a limit; one at a time, so that tenants do not wait for each other's backlog. */
  private async requireRoom(manager: EntityManager): Promise<void> {
    await manager.query(
      `DELETE FROM policy_simulations WHERE finished_at < now() - ${KEPT_DAYS} * interval '1 day'`,
    );
    const [{ unfinished, lately, room }] = await manager.query<
      [{ unfinished: boolean; lately: number; room: number | null }]
    >(
      `SELECT coalesce(bool_or(finished_at IS NULL), false) AS unfinished,
         count(*) FILTER (WHERE created_at > now() - interval '1 hour')::int AS lately,
         ceil(extract(epoch FROM interval '1 hour' - (now() - min(created_at) FILTER (WHERE created_at > now() - interval '1 hour'))))::int AS room
       FROM policy_simulations`,
    );
    if (unfinished) throw new ProblemError('simulations_exhausted', { retryAfterSeconds: 2 });
    if (lately >= this.settings.perHour)
      throw new ProblemError('simulations_exhausted', { retryAfterSeconds: Math.max(1, room ?? 1) });
  }
}

async function requirePolicy(manager: EntityManager, version: number): Promise<void> {
  try {
    await policyOfVersion(manager, version);
  } catch {
    throw new ProblemError('policy_not_found');
  }
}

function completed({ purpose, from, to, exact }: SimulationQuestion): StoredQuestion {
  const now = new Date();
  const end = to && to < now ? to : now;
  const begin = from ?? new Date(end.getTime() - DEFAULT_SPAN_MS);
  if (begin >= end)
    throw new ProblemError('validation_failed', { errors: [{ member: 'from', rule: 'must be before to' }] });
  return { purpose: purpose ?? null, from: begin, to: end, exact: exact ?? false };
}

async function readSimulation(manager: EntityManager, id: string): Promise<SimulationView> {
  const [row] = await manager.query<SimulationRow[]>(
    `SELECT id, version, state, question, created_at AS "createdAt", finished_at AS "finishedAt", tally
     FROM policy_simulations WHERE id = $1`,
    [id],
  );
  if (!row) throw new ProblemError('simulation_not_found');
  const { version, state, createdAt, finishedAt } = row;
  const question = storedQuestion.parse(row.question);
  return {
    id,
    version,
    state,
    ...question,
    createdAt,
    finishedAt,
    result: state === 'done' ? simulationResult(row.tally, question.exact) : null,
  };
}
