import { Readable } from 'node:stream';
import type { CaptureEvent, Followed } from '#captures';

export const EVENT_STREAM_TYPE = 'text/event-stream';

/** What an EventSource waits before it comes back, in milliseconds. */
const RETRY_MS = 2_000;

/** What a reader that takes nothing is left to take, at the end of its time or of the process. */
const GRACE_MS = 3_000;

/**
 * A followed capture as the body of an answer. It asks for the next event only when the one before has been taken, so a slow reader
 * makes nothing pile up here; one that has not taken everything by the end is cut off.
 * @param maxMs after which the events end by themselves
 * @param gone aborts when the reader is
 */
export function eventStream({ events, closing, end }: Followed, maxMs: number, gone: AbortSignal): Readable {
  const stream = Readable.from(lines(events), { objectMode: false });
  const cut = () => void stream.destroy();
  let timer = setTimeout(cut, maxMs + GRACE_MS);
  const hurry = () => {
    clearTimeout(timer);
    timer = setTimeout(cut, GRACE_MS);
  };
  gone.addEventListener('abort', cut);
  closing.addEventListener('abort', hurry);
  // Not left to the generator: one that was never begun runs nothing at its end.
  stream.once('close', () => {
    clearTimeout(timer);
    gone.removeEventListener('abort', cut);
    closing.removeEventListener('abort', hurry);
    end();
  });
  if (gone.aborted) cut();
  return stream;
}

async function* lines(events: Followed['events']): AsyncGenerator<string, void> {
  yield `retry: ${RETRY_MS}\n\n`;
  for await (const event of events) yield event ? formatEvent(event) : ': still here\n\n';
}

/** WHATWG HTML §9.2.6; the data is JSON, which has no line ends. */
export function formatEvent({ seq, kind, data }: CaptureEvent): string {
  return `id: ${seq}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
