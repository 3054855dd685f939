import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { HEALTH_STATUSES, type HealthStatus } from '#operations';
import type { HealthDetail } from './health.js';

@ApiSchema({ name: 'Health' })
export class HealthResponse {
  @ApiProperty({ enum: HEALTH_STATUSES, example: 'up' })
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
      properties: { status: { type: 'string', enum: [...HEALTH_STATUSES], example: 'up' } },
      required: ['status'],
      additionalProperties: true,
    },
  })
  parts!: HealthDetail['parts'];
}
