import { ApiProperty } from '@nestjs/swagger';
import type { HealthDetail, HealthStatus } from './health.js';

const STATUSES = ['up', 'degraded', 'down'] as const satisfies readonly HealthStatus[];

export class HealthResponse {
  @ApiProperty({ enum: STATUSES })
  status!: HealthStatus;
}

export class HealthDetailResponse extends HealthResponse {
  @ApiProperty({
    type: 'object',
    properties: { version: { type: 'string' }, uptimeSeconds: { type: 'integer' } },
    required: ['version', 'uptimeSeconds'],
  })
  service!: HealthDetail['service'];

  @ApiProperty({
    type: 'object',
    description:
      'By part (database, blobStore, queue, models, pipeline, outbox): its status, and what there is to say of it.',
    additionalProperties: {
      type: 'object',
      properties: { status: { type: 'string', enum: [...STATUSES] } },
      required: ['status'],
      additionalProperties: true,
    },
  })
  parts!: HealthDetail['parts'];
}
