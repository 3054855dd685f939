import { Body, Controller, Delete, Get, Header, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller as CallerOf } from '#subjects';
import { WebhookEndpoints } from '#webhooks';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import {
  ChangeEndpointRequest,
  CreatedEndpointResponse,
  CreateEndpointRequest,
  EndpointListResponse,
  EndpointResponse,
  RotatedSecretResponse,
  RotateSecretRequest,
} from './webhooks.dto.js';

export const ENDPOINT_ID = new IdPipe('webhook_endpoint_not_found');

@ApiTags('webhooks')
@Controller('v1/webhook-endpoints')
export class WebhookEndpointsController {
  constructor(private readonly endpoints: WebhookEndpoints) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'createWebhookEndpoint',
    idempotent: true,
    summary: 'Register where to be told of events',
    description: 'Its secret is shown in this answer and never again.',
    answers: { 201: { description: 'The endpoint, and its secret.', type: CreatedEndpointResponse } },
    refusals: ['webhook_url_refused', 'webhook_endpoint_limit'],
  })
  create(@Caller() caller: CallerOf, @Body() body: CreateEndpointRequest): Promise<CreatedEndpointResponse> {
    return this.endpoints.create(caller, body);
  }

  @Get()
  @Documented({
    operationId: 'listWebhookEndpoints',
    summary: 'List the webhook endpoints',
    answers: { 200: { description: 'All of them.', type: EndpointListResponse } },
  })
  async list(@Caller() { tenantId }: CallerOf): Promise<EndpointListResponse> {
    return { items: await this.endpoints.list(tenantId) };
  }

  @Get(':id')
  @Documented({
    operationId: 'readWebhookEndpoint',
    summary: 'Read a webhook endpoint',
    answers: { 200: { description: 'The endpoint.', type: EndpointResponse } },
    refusals: ['webhook_endpoint_not_found'],
  })
  get(@Caller() { tenantId }: CallerOf, @Param('id', ENDPOINT_ID) id: string): Promise<EndpointResponse> {
    return this.endpoints.get(tenantId, id);
  }

  @Patch(':id')
  @Documented({
    operationId: 'changeWebhookEndpoint',
    summary: 'Change, disable or enable a webhook endpoint',
    description:
      'Members that are absent stay as they are. What waited for a disabled endpoint is delivered when it is enabled.',
    answers: { 200: { description: 'The endpoint as it is now.', type: EndpointResponse } },
    refusals: ['webhook_endpoint_not_found', 'webhook_url_refused'],
  })
  change(
    @Caller() caller: CallerOf,
    @Param('id', ENDPOINT_ID) id: string,
    @Body() body: ChangeEndpointRequest,
  ): Promise<EndpointResponse> {
    return this.endpoints.change(caller, id, body);
  }

  @Delete(':id')
  @Documented({
    operationId: 'removeWebhookEndpoint',
    summary: 'Remove a webhook endpoint, its deliveries and their log',
    answers: { 204: { description: 'It is gone.' } },
    refusals: ['webhook_endpoint_not_found'],
  })
  remove(@Caller() caller: CallerOf, @Param('id', ENDPOINT_ID) id: string): Promise<void> {
    return this.endpoints.remove(caller, id);
  }

  @Post(':id/rotate-secret')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'rotateWebhookSecret',
    idempotent: true,
    summary: 'Give a webhook endpoint a new secret',
    description:
      'For `overlapSeconds` both secrets sign every delivery, so that the receiver can change over at leisure. Rotated again meanwhile, the older one is gone.',
    answers: { 201: { description: 'The new secret.', type: RotatedSecretResponse } },
    refusals: ['webhook_endpoint_not_found'],
  })
  rotate(
    @Caller() caller: CallerOf,
    @Param('id', ENDPOINT_ID) id: string,
    @Body() { overlapSeconds }: RotateSecretRequest,
  ): Promise<RotatedSecretResponse> {
    return this.endpoints.rotateSecret(caller, id, overlapSeconds * 1_000);
  }
}
