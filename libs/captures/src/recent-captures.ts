import { type Likeness, mostAlike, type Projection, PROJECTION_BITS, type Traces } from '#biometrics';
import type { UnitOfWork } from '#database';
import type { CaptureEntity } from './entities/capture.entity.js';

/** How many earlier captures of the tenant a new one is compared with: bounded, so that the cost does not grow with the archive. */
const WINDOW = 500;
const BYTES = PROJECTION_BITS / 8;

interface Remembered {
  readonly projections: Buffer;
  readonly trajectory: Buffer | null;
}

/** Recognises captures that come again: frames re-encoded or shifted, and performances under a filter. */
export class RecentCaptures {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly window = WINDOW,
  ) {}

  /**
   * Compares a capture with the tenant's latest ones before it, and remembers it for those to come; the same when a stage runs again.
   * @param bits two frames whose projections differ in at most so many bits are near-duplicates
   * @returns how like the most similar of them it is
   */
  compare(capture: CaptureEntity, traces: Traces, bits: number): Promise<Likeness> {
    return this.unitOfWork.inTenant(capture.tenantId, async (manager) => {
      const earlier = await manager.query<Remembered[]>(
        `SELECT projections, trajectory FROM capture_projections
         WHERE capture_id <> $1 AND created_at < coalesce(
           (SELECT created_at FROM capture_projections WHERE capture_id = $1), 'infinity')
         ORDER BY created_at DESC LIMIT $2`,
        [capture.id, this.window],
      );
      await manager.query(
        `INSERT INTO capture_projections (capture_id, tenant_id, projections, trajectory)
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        [
          capture.id,
          capture.tenantId,
          Buffer.concat(traces.projections),
          traces.trajectory && Buffer.from(traces.trajectory),
        ],
      );
      // Whatever lies beyond the window is never looked at again, so it is not kept.
      await manager.query(
        `DELETE FROM capture_projections WHERE capture_id IN (
           SELECT capture_id FROM capture_projections ORDER BY created_at DESC OFFSET $1)`,
        [this.window + 1],
      );
      return mostAlike(
        traces,
        earlier.map(({ projections, trajectory }) => ({ projections: split(projections), trajectory })),
        bits,
      );
    });
  }
}

function split(bytes: Buffer): Projection[] {
  return Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, i) =>
    bytes.subarray(i * BYTES, (i + 1) * BYTES),
  );
}
