import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import { SkipThrottle } from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';
import { Readiness } from './readiness.js';

interface ReadinessReport {
  readonly status: 'ok' | 'degraded' | 'unavailable';
  readonly checks: Readonly<Record<string, 'up' | 'down'>>;
}

@ApiTags('health')
@SkipThrottle()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly readiness: Readiness,
  ) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const [needed, queue] = await Promise.all([this.needed(), this.readiness.queueAnswers()]);
    const up = Object.values(needed).every((state) => state === 'up');
    if (!up) reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return {
      status: up ? (queue ? 'ok' : 'degraded') : 'unavailable',
      checks: { ...needed, queue: queue ? 'up' : 'down' },
    };
  }

  private async needed(): Promise<Record<string, 'up' | 'down'>> {
    const checks = [() => this.readiness.database(), () => this.readiness.blobStore()];
    const { details } = await this.health
      .check(checks)
      .catch((error: { response?: unknown }) => error.response as { details: object });
    return Object.fromEntries(
      Object.entries(details as Record<string, { status: 'up' | 'down' }>).map(([key, { status }]) => [
        key,
        status,
      ]),
    );
  }
}
