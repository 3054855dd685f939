import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '#database';
import { policyOfVersion } from '../policies.js';
import { asTaken, decideAgain, type TakenDecision } from './decide-again.js';
import { storedQuestion } from './request-simulation.js';
import { shapedOtherwise } from './shaping.js';
import { count, countUnknown, type Tally } from './tally.js';

const LEASE_MS = 30_000;
const MAX_ATTEMPTS = 5;
const CHUNK = 500;

interface Claimed {
  readonly id: string;
  readonly tenantId: string;
  readonly attempts: number;
}

interface Running {
  readonly version: number;
  readonly question: unknown;
  readonly tally: Tally;
  readonly after_decided_at: string | null;
  readonly after_capture_id: string | null;
}

interface DecisionRow extends Omit<TakenDecision, 'liveness'> {
  readonly captureId: string;
  readonly decidedAt: string;
  readonly livenessStatus: NonNullable<TakenDecision['liveness']>['status'] | null;
  readonly livenessScalars: NonNullable<TakenDecision['liveness']>['scalars'] | null;
}

/**
 * Works simulations off: claims one by lease, counts its decisions in chunks of one short transaction each, and keeps the count in the row,
 * so that another worker goes on where one was lost.
 */
export class RunSimulations {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: { readonly chunk?: number; readonly leaseMs?: number } = {},
  ) {}

  /** Runs one due simulation to its end. @returns how many it claimed, 0 or 1 */
  async runDue(): Promise<number> {
    const token = randomUUID();
    const claimed = await this.claim(token);
    if (!claimed) return 0;
    if (claimed.attempts > MAX_ATTEMPTS) {
      await this.end(claimed, token, 'failed');
      return 1;
    }
    // A lease that was lost meanwhile leaves the rest to its new holder.
    while (await this.step(claimed, token));
    return 1;
  }

  private claim(token: string): Promise<Claimed | undefined> {
    return this.unitOfWork.inSystem(async (manager) => {
      const [[row]] = await manager.query<[Claimed[], number]>(
        `UPDATE policy_simulations
         SET state = 'running', lease_token = $1, leased_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1
         WHERE id = (
           SELECT id FROM policy_simulations WHERE finished_at IS NULL AND (leased_until IS NULL OR leased_until < now())
           ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, tenant_id AS "tenantId", attempts`,
        [token, this.settings.leaseMs ?? LEASE_MS],
      );
      return row;
    });
  }

  /** Counts one chunk. @returns whether there is more to do */
  private step({ id, tenantId }: Claimed, token: string): Promise<boolean> {
    const limit = this.settings.chunk ?? CHUNK;
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const [running] = await manager.query<Running[]>(
        `SELECT version, question, tally, after_decided_at::text, after_capture_id FROM policy_simulations
         WHERE id = $1 AND lease_token = $2 FOR UPDATE`,
        [id, token],
      );
      if (!running) return false;
      const rows = await nextDecisions(manager, running, limit);
      const tally = await counted(manager, running, rows);
      const last = rows.at(-1);
      const done = rows.length < limit;
      await manager.query(
        `UPDATE policy_simulations SET tally = $2, after_decided_at = coalesce($3, after_decided_at),
           after_capture_id = coalesce($4, after_capture_id), leased_until = now() + $5 * interval '1 millisecond',
           state = CASE WHEN $6 THEN 'done' ELSE state END, finished_at = CASE WHEN $6 THEN now() END
         WHERE id = $1`,
        [
          id,
          JSON.stringify(tally),
          last?.decidedAt ?? null,
          last?.captureId ?? null,
          this.settings.leaseMs ?? LEASE_MS,
          done,
        ],
      );
      return !done;
    });
  }

  private async end({ id }: Claimed, token: string, state: 'failed'): Promise<void> {
    await this.unitOfWork.inSystem((manager) =>
      manager.query(
        'UPDATE policy_simulations SET state = $3, finished_at = now() WHERE id = $1 AND lease_token = $2',
        [id, token, state],
      ),
    );
  }
}

/** In the order of their decision; moments travel as text, because a Date has no microseconds. */
function nextDecisions(manager: EntityManager, running: Running, limit: number): Promise<DecisionRow[]> {
  const { purpose, from, to } = storedQuestion.parse(running.question);
  return manager.query<DecisionRow[]>(
    `SELECT d.capture_id AS "captureId", d.decided_at::text AS "decidedAt", d.reason, d.threshold,
       d.required_pad_level AS "requiredPadLevel", d.policy_version AS "policyVersion", d.evidence,
       coalesce(c.actions, '{}') AS actions, c.flash, r.status AS "livenessStatus", r.scalars AS "livenessScalars", l.label, l.species
     FROM decisions d JOIN captures c ON c.id = d.capture_id
       LEFT JOIN stage_results r ON r.capture_id = d.capture_id AND r.stage = 'liveness'
       LEFT JOIN capture_labels l ON l.capture_id = d.capture_id
     WHERE d.decided_at >= $1 AND d.decided_at < $2 AND ($3::text IS NULL OR c.purpose = $3)
       AND ($4::timestamptz IS NULL OR (d.decided_at, d.capture_id) > ($4::timestamptz, $5::uuid))
     ORDER BY d.decided_at, d.capture_id LIMIT $6`,
    [from, to, purpose, running.after_decided_at, running.after_capture_id, limit],
  );
}

async function counted(
  manager: EntityManager,
  { version, tally }: Running,
  rows: readonly DecisionRow[],
): Promise<Tally> {
  const policy = await policyOfVersion(manager, version);
  const unjudged = new Set(tally.unjudged);
  for (const own of new Set(rows.map(({ policyVersion }) => policyVersion)))
    for (const member of shapedOtherwise(policy, await policyOfVersion(manager, own))) unjudged.add(member);
  const next = rows.reduce((sum, row) => {
    const taken = takenDecision(row);
    const again = decideAgain(taken, policy);
    if (!again) return countUnknown(sum);
    for (const member of again.unjudged) unjudged.add(member);
    return count(sum, { ...taken, actual: asTaken(taken), simulated: again.judgement });
  }, tally);
  return { ...next, unjudged: [...unjudged].sort() };
}

function takenDecision({ livenessStatus, livenessScalars, ...row }: DecisionRow): TakenDecision {
  const liveness = livenessStatus ? { status: livenessStatus, scalars: livenessScalars ?? {} } : undefined;
  return { ...row, liveness };
}
