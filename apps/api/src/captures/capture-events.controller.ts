import { Controller, Get, Headers, Param, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FollowCapture } from '#captures';
import { ProblemError } from '#errors';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { EVENT_STREAM_TYPE, eventStream } from './event-stream.js';

const CAPTURE_ID = new IdPipe('capture_not_found');
const LAST_EVENT_ID = 'last-event-id';

/** How long a stream may last, as configured. */
export class EventStreamSettings {
  constructor(readonly maxMs: number) {}
}

@ApiTags('captures')
@Controller('v1/captures/:id/events')
export class CaptureEventsController {
  constructor(
    private readonly followCapture: FollowCapture,
    private readonly settings: EventStreamSettings,
  ) {}

  @Get()
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: '`id` of the last event received: the stream goes on behind it, at any API process.',
    schema: { type: 'integer', minimum: 0, examples: [4] },
  })
  @Documented({
    operationId: 'followCapture',
    summary: 'Follow a capture as it happens (server-sent events)',
    description:
      'Each event has an `id` that counts from 1 without a gap, and JSON `data`: `event: state` (`state`, `at`), `event: stage` (a `Stage` ' +
      'with its result and timing) and `event: decision` (a `Decision`). Behind the state in which the capture has ended the stream ends. ' +
      'If it ends earlier, come back with `Last-Event-ID`.',
    answers: {
      200: { description: 'The events, as they happen.', mediaTypes: [EVENT_STREAM_TYPE] },
      204: {
        description: 'The capture has ended and has no event behind `Last-Event-ID`: do not come back.',
      },
    },
    refusals: [
      'validation_failed',
      'capture_not_found',
      'tenant_streams_exhausted',
      'event_streams_exhausted',
    ],
  })
  async follow(
    @Caller() { tenantId }: CallerOf,
    @Param('id', CAPTURE_ID) id: string,
    @Headers(LAST_EVENT_ID) lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const followed = await this.followCapture.execute(tenantId, id, seqOf(lastEventId));
    // nginx buffers an answer unless it is told not to.
    reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no');
    if (!followed) return void (await reply.status(204).send());
    reply.type(EVENT_STREAM_TYPE);
    if (request.method === 'HEAD') {
      followed.end();
      return void (await reply.send());
    }
    // Kept alive behind the stream, it would hold the close of the server back.
    reply.header('connection', 'close');
    await reply.send(eventStream(followed, this.settings.maxMs, request.signal));
  }
}

function seqOf(lastEventId: string | undefined): number {
  if (lastEventId === undefined || lastEventId === '') return 0;
  if (/^\d{1,9}$/.test(lastEventId)) return Number(lastEventId);
  throw new ProblemError('validation_failed', {
    errors: [{ member: 'Last-Event-ID', rule: 'Last-Event-ID must be the id of an event of this stream' }],
  });
}
