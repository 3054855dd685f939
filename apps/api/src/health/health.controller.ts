import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { httpStatusOf } from '#operations';
import { Documented } from '../openapi/documented.decorator.js';
import { HealthDetailResponse, HealthResponse } from './health.dto.js';
import { Health } from './health.js';

@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'readLiveness',
    summary: 'The process answers',
    answers: { 200: { description: 'It does.', type: HealthResponse } },
    rateLimited: false,
  })
  live(): HealthResponse {
    return { status: 'up' };
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'readReadiness',
    summary: 'Whether this process can do its work',
    answers: {
      200: { description: 'It can; `degraded` while submissions wait for the queue.', type: HealthResponse },
      503: { description: 'It cannot.', type: HealthResponse },
    },
    rateLimited: false,
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    const status = await this.health.readiness();
    reply.status(httpStatusOf(status));
    return { status };
  }

  @Get()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'readHealth',
    summary: 'Every part of the installation in detail',
    answers: {
      200: { description: 'All that is needed works.', type: HealthDetailResponse },
      503: { description: 'Something that is needed is down.', type: HealthDetailResponse },
    },
    rateLimited: false,
  })
  async detail(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthDetailResponse> {
    const detail = await this.health.detail();
    reply.status(httpStatusOf(detail.status));
    return detail;
  }
}
