import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { Caller as CallerOf } from '#subjects';
import { DeliveryLog, RedeliverWebhooks } from '#webhooks';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { ENDPOINT_ID } from './webhook-endpoints.controller.js';
import {
  DeliveryPageResponse,
  ListDeliveriesQuery,
  RedeliveredResponse,
  RedeliverRequest,
} from './webhooks.dto.js';

const DELIVERY_ID = new IdPipe('webhook_delivery_not_found');

@ApiTags('webhooks')
@Controller('v1/webhook-endpoints/:id')
export class WebhookDeliveriesController {
  constructor(
    private readonly log: DeliveryLog,
    private readonly redeliver: RedeliverWebhooks,
  ) {}

  @Get('deliveries')
  @Documented({
    operationId: 'listWebhookDeliveries',
    summary: 'List the deliveries to a webhook endpoint, newest first',
    description: 'With every attempt, its outcome and how long it took; without what was sent or answered.',
    answers: { 200: { description: 'A page of deliveries.', type: DeliveryPageResponse } },
    refusals: ['webhook_endpoint_not_found'],
  })
  list(
    @Caller() { tenantId }: CallerOf,
    @Param('id', ENDPOINT_ID) id: string,
    @Query() { state, limit, cursor }: ListDeliveriesQuery,
  ): Promise<DeliveryPageResponse> {
    return this.log.list(tenantId, id, { state }, { limit, cursor });
  }

  @Post('deliveries/:deliveryId/redeliver')
  @ApiParam({ name: 'deliveryId', format: 'uuid', description: 'Id of the delivery.' })
  @Documented({
    operationId: 'redeliverWebhook',
    summary: 'Deliver once more, under the same `webhook-id`',
    answers: {
      202: { description: 'It begins again, unless it is pending already.', type: RedeliveredResponse },
    },
    refusals: ['webhook_endpoint_not_found', 'webhook_delivery_not_found', 'webhook_endpoint_disabled'],
  })
  async one(
    @Caller() caller: CallerOf,
    @Param('id', ENDPOINT_ID) id: string,
    @Param('deliveryId', DELIVERY_ID) deliveryId: string,
  ): Promise<RedeliveredResponse> {
    await this.redeliver.one(caller, id, deliveryId);
    return { deliveries: 1 };
  }

  @Post('redeliver')
  @Documented({
    operationId: 'redeliverWebhooks',
    summary: 'Deliver once more what happened in a range of time',
    description: 'Also what the endpoint was never sent, because it was disabled or did not exist.',
    answers: { 202: { description: 'How many deliveries begin.', type: RedeliveredResponse } },
    refusals: ['webhook_endpoint_not_found', 'webhook_endpoint_disabled'],
  })
  async range(
    @Caller() caller: CallerOf,
    @Param('id', ENDPOINT_ID) id: string,
    @Body() { from, to }: RedeliverRequest,
  ): Promise<RedeliveredResponse> {
    return { deliveries: await this.redeliver.range(caller, id, { from, to }) };
  }
}
