import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#access';
import {
  AwaitCapture,
  CancelCapture,
  CaptureQueue,
  type CaptureView,
  CreateCapture,
  type CreatedCapture,
  isEnded,
  type Place,
  StartCapture,
  type StartedCapture,
  SubmitCapture,
} from '#captures';
import { ProblemError } from '#errors';
import type { Caller as CallerOf } from '#subjects';
import { Caller, CurrentPrincipal } from '../access/caller.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { CreateCaptureRequest } from './captures.dto.js';
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
  create(
    @Caller() caller: CallerOf,
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateCaptureRequest,
  ): Promise<CreatedCapture> {
    if (body.purpose === 'enrolment' && !hasScope(principal, 'enrolments:create')) {
      throw new ProblemError('insufficient_scope', { detail: 'Needs scope enrolments:create' });
    }
    return this.createCapture.execute(caller, body);
  }

  @Post(':id/start')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  start(@Caller() caller: CallerOf, @Param('id', CAPTURE_ID) id: string): Promise<StartedCapture> {
    return this.startCapture.execute(caller, id);
  }

  @Post(':id/frames')
  @HttpCode(202)
  async submit(
    @Caller() caller: CallerOf,
    @Param('id', CAPTURE_ID) id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Place & { id: string }> {
    await this.submitCapture.execute(caller, id, (upload) => receiveFrames(request, upload));
    const place = await this.queue.placeOf(id);
    reply.header('location', `/v1/captures/${id}`).header('retry-after', retryAfter(place));
    return { id, ...place };
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  async get(
    @Caller() caller: CallerOf,
    @CurrentPrincipal() principal: Principal,
    @Param('id', CAPTURE_ID) id: string,
    @Query() { wait }: ReadCaptureQuery,
    @Req() { signal }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CaptureView> {
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
  @HttpCode(204)
  cancel(@Caller() caller: CallerOf, @Param('id', CAPTURE_ID) id: string): Promise<void> {
    return this.cancelCapture.execute(caller, id);
  }
}

function hasScope(principal: Principal, scope: 'enrolments:create' | 'captures:review'): boolean {
  return principal.kind === 'client' && principal.scopes.has(scope);
}
