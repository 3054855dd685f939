import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';
import { HealthDetailResponse, HealthResponse } from './health.dto.js';
import { Health, type HealthStatus } from './health.js';

@ApiTags('operations')
@SkipThrottle()
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The process answers' })
  @ApiOkResponse({ type: HealthResponse })
  live(): HealthResponse {
    return { status: 'up' };
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Whether this process can do its work; degraded means that submissions wait for the queue',
  })
  @ApiOkResponse({ type: HealthResponse })
  @ApiServiceUnavailableResponse({ type: HealthResponse })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    const status = await this.health.readiness();
    reply.status(httpStatusOf(status));
    return { status };
  }

  @Get()
  @Header('cache-control', 'no-store')
  @ApiBearerAuth('operators')
  @ApiOperation({ summary: 'Every part of the installation in detail' })
  @ApiOkResponse({ type: HealthDetailResponse })
  @ApiServiceUnavailableResponse({ type: HealthDetailResponse })
  async detail(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthDetailResponse> {
    const detail = await this.health.detail();
    reply.status(httpStatusOf(detail.status));
    return detail;
  }
}

export function httpStatusOf(status: HealthStatus): HttpStatus {
  return status === 'down' ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.OK;
}
