import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { pause } from './pause.js';
import { problemOf } from './problem-error.js';
import { type CaptureState, type Decision, isEnded, type Stage } from './types.js';

/** Something that happened to a capture; `seq` counts from 1 without a gap. */
export type CaptureEvent = { readonly seq: number } & (
  | { readonly kind: 'state'; readonly data: { readonly state: CaptureState; readonly at: string } }
  | { readonly kind: 'stage'; readonly data: Stage }
  | { readonly kind: 'decision'; readonly data: Decision }
);

/** Opens one connection to the capture's events behind `after`. */
export type OpenEvents = (after: number, signal: AbortSignal) => Promise<Response>;

/** Longer than the API is ever silent (EVENT_HEARTBEAT_MS). */
const SILENCE_MS = 45_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** Connections in a row that brought nothing. */
const MAX_FRUITLESS = 5;

/**
 * The events of a capture from the first one on, each once and in order, over as many connections as it takes (`Last-Event-ID`), until the
 * capture has ended. Read with fetch, because EventSource cannot send a token.
 * @throws ProblemError when the API refuses, the last connection's error after five in a row without an event, or the signal's reason
 */
export async function* captureEvents(
  call: string,
  open: OpenEvents,
  signal?: AbortSignal,
): AsyncGenerator<CaptureEvent, void> {
  let seq = 0;
  for (let fruitless = 0; ;) {
    const before = seq;
    let failure: unknown = new Error('The connection ended');
    try {
      for await (const event of connection(call, open, seq, signal)) {
        if (event === 'over') return;
        if (event.seq <= seq) continue;
        seq = event.seq;
        yield event;
        if (event.kind === 'state' && isEnded(event.data.state)) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Refused) throw error.cause;
      failure = error;
    }
    fruitless = seq > before ? 0 : fruitless + 1;
    if (fruitless >= MAX_FRUITLESS) throw failure;
    await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** fruitless), signal);
  }
}

/** Wraps the refusal of a connection, which coming back does not change. */
class Refused extends Error {}

async function* connection(
  call: string,
  open: OpenEvents,
  after: number,
  signal?: AbortSignal,
): AsyncGenerator<CaptureEvent | 'over', void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(new Error('The event stream is silent')), SILENCE_MS);
  try {
    const ends = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
    const response = await open(after, ends);
    if (response.status === 204) {
      yield 'over';
      return;
    }
    if (!response.ok) throw new Refused('refused', { cause: await problemOf(call, response) });
    const arrived: CaptureEvent[] = [];
    const parser = createParser({
      onEvent: (message) => {
        arrived.push(eventOf(message));
      },
    });
    for await (const text of textOf(response)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(new Error('The event stream is silent')), SILENCE_MS);
      parser.feed(text);
      yield* arrived.splice(0);
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

function eventOf({ id, event, data }: EventSourceMessage): CaptureEvent {
  return { seq: Number(id), kind: event, data: JSON.parse(data) as unknown } as CaptureEvent;
}

/** By its reader, because not every browser can iterate a stream. */
async function* textOf({ body }: Response): AsyncGenerator<string, void> {
  if (!body) return;
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}
