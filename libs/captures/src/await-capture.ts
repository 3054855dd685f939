import type { UnitOfWork } from '#database';
import type { CaptureWaits } from './capture-waits.js';
import { CAPTURE_STATES, isEnded } from './capture.state.js';
import type { CaptureView, ReadCapture } from './capture.view.js';

/** The channel on which the database names every capture that has ended or was erased. */
export const CAPTURE_ENDED_CHANNEL = 'sb_capture_ended';

export interface AwaitOptions {
  readonly forReviewer: boolean;
  /** Milliseconds; 0 reads at once. */
  readonly waitMs: number;
  /** Ends the wait when the caller is gone. */
  readonly signal: AbortSignal;
}

/** Reads a capture, if asked only once it has ended: a long-poll. */
export class AwaitCapture {
  constructor(
    private readonly readCapture: Pick<ReadCapture, 'execute'>,
    private readonly waits: CaptureWaits,
  ) {}

  /**
   * The capture once it has ended; as it stands when the wait is over, the caller gone, the process closing, or too many wait.
   * @throws ProblemError capture_not_found, also when it is erased meanwhile
   */
  execute(tenantId: string, id: string, options: AwaitOptions): Promise<CaptureView> {
    const { forReviewer, waitMs, signal } = options;
    const read = () => this.readCapture.execute(tenantId, id, forReviewer);
    if (waitMs === 0) return read();
    const end = performance.now() + waitMs;
    // The wait begins before the first look, so that no end falls between the two.
    return this.waits.during(tenantId, id, async (wait) => {
      const leave = () => wait?.wake();
      signal.addEventListener('abort', leave);
      try {
        let view = await read();
        while (wait && !isEnded(view.state) && !signal.aborted && !this.waits.closed) {
          const left = end - performance.now();
          if (left <= 0) break;
          await wait.sleep(left);
          if (!signal.aborted) view = await read();
        }
        return view;
      } finally {
        signal.removeEventListener('abort', leave);
      }
    });
  }
}

const OPEN_STATES = CAPTURE_STATES.filter((state) => !isEnded(state));

/** Wakes the waits for captures that are open no more: what a notification that was lost should have done, in one query for all. */
export async function wakeEnded(unitOfWork: UnitOfWork, waits: CaptureWaits): Promise<void> {
  const ids = waits.captureIds();
  if (ids.length === 0) return;
  const rows = await unitOfWork.inSystem((manager) =>
    manager.query<{ id: string }[]>(
      'SELECT id FROM captures WHERE id = ANY($1::uuid[]) AND state = ANY($2::text[])',
      [ids, OPEN_STATES],
    ),
  );
  const open = new Set(rows.map(({ id }) => id));
  for (const id of ids) if (!open.has(id)) waits.wake(id);
}
