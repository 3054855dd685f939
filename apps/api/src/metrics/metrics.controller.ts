import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Metrics } from '#observability';
import { Documented } from '../openapi/documented.decorator.js';

@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'readMetrics',
    summary: 'Metrics of this process and gauges of the installation, for Prometheus',
    answers: { 200: { description: 'Prometheus text format.', mediaTypes: ['text/plain'] } },
    rateLimited: false,
  })
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
