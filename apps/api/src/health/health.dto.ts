import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { HealthDetail, HealthStatus } from './health.js';

const STATUSES = ['up', 'degraded', 'down'] as const satisfies readonly HealthStatus[];

@ApiSchema({ name: 'Health' })
export class HealthResponse {
  @ApiProperty({ enum: STATUSES, example: 'up' })
  status!: HealthStatus;
}

@ApiSchema({ name: 'HealthDetail' })
export class HealthDetailResponse extends HealthResponse implements HealthDetail {
  @ApiProperty({
    type: 'object',
    properties: {
      version: { type: 'string', example: '0.1.0' },
      uptimeSeconds: { type: 'integer', example: 4711 },
    },
    required: ['version', 'uptimeSeconds'],
  })
  service!: HealthDetail['service'];

  @ApiProperty({
    type: 'object',
    description:
      'By part (database, blobStore, queue, models, pipeline, outbox): its status, and what there is to say of it.',
    additionalProperties: {
      type: 'object',
      properties: { status: { type: 'string', enum: [...STATUSES], example: 'up' } },
      required: ['status'],
      additionalProperties: true,
    },
  })
  parts!: HealthDetail['parts'];
}
