import { Body, Controller, Delete, Get, Header, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasScope, type Principal } from '#access';
import {
  AwaitCapture,
  CancelCapture,
  CaptureQueue,
  CreateCapture,
  isEnded,
  StartCapture,
  SubmitCapture,
} from '#captures';
import { ProblemError } from '#errors';
import type { Caller as CallerOf } from '#subjects';
import { Caller, CurrentPrincipal } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { CaptureResponse } from './capture.responses.js';
import {
  CreateCaptureRequest,
  CreatedCaptureResponse,
  FRAMES_BODY,
  StartedCaptureResponse,
  SubmittedCaptureResponse,
} from './captures.dto.js';
import { ReadCaptureQuery } from './reading.dto.js';
import { receiveFrames } from './receive-frames.js';
import { retryAfter, retryAfterReading } from './retry-after.js';

const CAPTURE_ID = new IdPipe('capture_not_found');

@ApiTags('captures')
@Controller('v1/captures')
export class CapturesController {
  constructor(
    private readonly createCapture: CreateCapture,
    private readonly startCapture: StartCapture,
    private readonly submitCapture: SubmitCapture,
    private readonly awaitCapture: AwaitCapture,
    private readonly queue: CaptureQueue,
    private readonly cancelCapture: CancelCapture,
  ) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'createCapture',
    idempotent: true,
    summary: 'Open a capture',
    description:
      'Everything that can be refused before a camera is switched on is refused here. An enrolment needs the scope `enrolments:create` besides.',
    answers: {
      201: { description: 'The capture, and the one-time code for its page.', type: CreatedCaptureResponse },
    },
    refusals: [
      'subject_not_found',
      'consent_required',
      'recent_verification_required',
      'not_enrolled',
      'already_enrolled',
      'references_full',
      'reference_outdated',
      'attempts_exhausted',
    ],
  })
  create(
    @Caller() caller: CallerOf,
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateCaptureRequest,
  ): Promise<CreatedCaptureResponse> {
    if (body.purpose === 'enrolment' && !hasScope(principal, 'enrolments:create')) {
      throw new ProblemError('insufficient_scope', { detail: 'Needs scope enrolments:create' });
    }
    if (body.overrideReason !== undefined && !hasScope(principal, 'enrolments:override')) {
      throw new ProblemError('insufficient_scope', { detail: 'Needs scope enrolments:override' });
    }
    return this.createCapture.execute(caller, body);
  }

  @Post(':id/start')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'startCapture',
    summary: 'Reveal the challenge, once, and start the clock',
    answers: {
      200: { description: 'What the person has to perform, and until when.', type: StartedCaptureResponse },
    },
    refusals: ['capture_not_found', 'capture_state_conflict', 'capture_expired'],
  })
  start(@Caller() caller: CallerOf, @Param('id', CAPTURE_ID) id: string): Promise<StartedCaptureResponse> {
    return this.startCapture.execute(caller, id);
  }

  @Post(':id/frames')
  @ApiConsumes('multipart/form-data')
  @ApiBody(FRAMES_BODY)
  @Documented({
    operationId: 'submitFrames',
    summary: 'Submit the frames, once',
    description: 'The very same frames may be sent again, after a lost answer; others are refused.',
    answers: {
      202: {
        description: 'The frames are stored and the capture is queued; read it at `Location`.',
        type: SubmittedCaptureResponse,
        headers: ['Location', 'Retry-After'],
      },
    },
    refusals: [
      'upload_aborted',
      'capture_not_found',
      'consent_required',
      'capture_state_conflict',
      'submission_conflict',
      'capture_expired',
      'frame_too_large',
      'frames_missing',
      'too_few_frames',
      'too_many_frames',
      'frame_too_many_pixels',
      'frame_unreadable',
      'unexpected_part',
      'capture_in_flight',
      'attempts_exhausted',
      'overloaded',
    ],
  })
  async submit(
    @Caller() caller: CallerOf,
    @Param('id', CAPTURE_ID) id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubmittedCaptureResponse> {
    await this.submitCapture.execute(caller, id, (upload) => receiveFrames(request, upload));
    const place = await this.queue.placeOf(id);
    reply.header('location', `/v1/captures/${id}`).header('retry-after', retryAfter(place));
    return { id, ...place };
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'readCapture',
    summary: 'Read a capture, or wait for its end',
    description: 'While it has not ended, `Retry-After` says when to ask again.',
    answers: {
      200: {
        description: 'The capture as it stands.',
        type: CaptureResponse,
        headersSometimes: ['Retry-After'],
      },
    },
    refusals: ['capture_not_found'],
  })
  async get(
    @Caller() caller: CallerOf,
    @CurrentPrincipal() principal: Principal,
    @Param('id', CAPTURE_ID) id: string,
    @Query() { wait }: ReadCaptureQuery,
    @Req() { signal }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CaptureResponse> {
    const forReviewer = hasScope(principal, 'captures:review');
    const view = await this.awaitCapture.execute(caller.tenantId, id, {
      forReviewer,
      signal,
      waitMs: wait * 1_000,
    });
    if (!isEnded(view.state)) reply.header('retry-after', await retryAfterReading(view, this.queue));
    return view;
  }

  @Delete(':id')
  @Documented({
    operationId: 'cancelCapture',
    summary: 'Cancel a capture that is not decided',
    description: 'Cancelling twice is no error.',
    answers: { 204: { description: 'It is cancelled.' } },
    refusals: ['capture_not_found', 'capture_state_conflict'],
  })
  cancel(@Caller() caller: CallerOf, @Param('id', CAPTURE_ID) id: string): Promise<void> {
    return this.cancelCapture.execute(caller, id);
  }
}
