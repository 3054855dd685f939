import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';

export interface FollowOptions {
  readonly token: string;
  /** `id` of the last event already seen. */
  readonly after?: number;
  readonly signal?: AbortSignal;
}

/** A server-sent event with its data parsed. */
export interface ServerSentEvent {
  readonly id: number;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** One connection to an event stream; EventSource itself cannot send a token. @throws Error on any answer but 200 and 204 */
export async function* follow(
  url: string,
  { token, after, signal }: FollowOptions,
): AsyncGenerator<ServerSentEvent, { readonly status: number }> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(after !== undefined && { 'last-event-id': String(after) }),
  };
  const response = await fetch(url, { headers, signal });
  if (response.status !== 204 && response.status !== 200)
    throw new Error(`Following was answered with ${response.status}`);
  const messages = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const message of (messages ?? []) as AsyncIterable<EventSourceMessage>)
    yield {
      id: Number(message.id),
      event: message.event ?? '',
      data: JSON.parse(message.data) as Record<string, unknown>,
    };
  return { status: response.status };
}

/** All events of one connection, as long as it lasts. */
export async function followToEnd(url: string, options: FollowOptions): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of follow(url, options)) events.push(event);
  return events;
}
