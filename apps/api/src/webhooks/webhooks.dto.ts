import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ArrayUnique, IsArray, IsIn, IsInt, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import {
  ATTEMPT_OUTCOMES,
  type AttemptOutcome,
  type AttemptView,
  DELIVERY_STATES,
  type DeliveryPage,
  type DeliveryState,
  type DeliveryView,
  DISABLED_REASONS,
  type DisabledReason,
  ENDPOINT_STATES,
  type EndpointState,
  type EndpointView,
  WEBHOOK_EVENT_TYPES,
  type WebhookEventType,
} from '#webhooks';
import { EXAMPLE } from '../openapi/example-values.js';
import { Text } from '../openapi/text.decorator.js';
import { PageCursor, PageLimit } from '../openapi/page.decorators.js';
import { IsMoment, IsPlainText } from '../problem/validation.js';

const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;
const DAY_SECONDS = 86_400;

const EVENT_TYPES = {
  enum: WEBHOOK_EVENT_TYPES,
  isArray: true,
  nullable: true,
  example: ['capture.decided'],
  description: 'What it is told of; null is everything, also what is added later.',
} as const;
const URL_OF_RECEIVER = {
  example: 'https://relying-party.example/hooks/secure-biometric',
  description: 'https, without user name and password. Redirects are not followed.',
};

export class CreateEndpointRequest {
  @Text(1, 2_048, URL_OF_RECEIVER)
  @IsPlainText()
  url!: string;

  @Text(0, 200, { required: false, example: 'Orders, production' })
  @IsPlainText()
  description?: string;

  @ApiPropertyOptional(EVENT_TYPES)
  @ValidateIf((_, value) => value !== undefined && value !== null)
  @IsArray()
  @ArrayUnique()
  @IsIn(WEBHOOK_EVENT_TYPES, { each: true })
  eventTypes?: WebhookEventType[] | null;
}

export class ChangeEndpointRequest {
  @Text(1, 2_048, { ...URL_OF_RECEIVER, required: false })
  @IsPlainText()
  url?: string;

  @Text(0, 200, { required: false, example: 'Orders, production' })
  @IsPlainText()
  description?: string;

  @ApiPropertyOptional(EVENT_TYPES)
  @ValidateIf((_, value) => value !== undefined && value !== null)
  @IsArray()
  @ArrayUnique()
  @IsIn(WEBHOOK_EVENT_TYPES, { each: true })
  eventTypes?: WebhookEventType[] | null;

  @ApiPropertyOptional({ enum: ENDPOINT_STATES, example: 'enabled' })
  @IsOptional()
  @IsIn(ENDPOINT_STATES)
  state?: EndpointState;
}

@ApiSchema({ name: 'WebhookEndpoint' })
export class EndpointResponse implements EndpointView {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.endpointId })
  id!: string;

  @ApiProperty({ format: 'uri', example: URL_OF_RECEIVER.example })
  url!: string;

  @ApiProperty({ example: 'Orders, production' })
  description!: string;

  @ApiProperty(EVENT_TYPES)
  eventTypes!: WebhookEventType[] | null;

  @ApiProperty({ enum: ENDPOINT_STATES, example: 'enabled' })
  state!: EndpointState;

  @ApiProperty({
    type: String,
    enum: [...DISABLED_REASONS, null],
    nullable: true,
    example: null,
    description:
      '`requested`, `gone` (it answered 410), or `failing` (for days without a success); null while it is enabled.',
  })
  disabledReason!: DisabledReason | null;

  @ApiProperty({ type: Date, nullable: true, example: null })
  disabledAt!: Date | null;

  @ApiProperty({ example: EXAMPLE.createdAt })
  createdAt!: Date;
}

const SECRET = {
  example: 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
  description: 'Verifies deliveries (Standard Webhooks). Shown this once.',
};

@ApiSchema({ name: 'CreatedWebhookEndpoint' })
export class CreatedEndpointResponse extends EndpointResponse {
  @ApiProperty(SECRET)
  secret!: string;
}

@ApiSchema({ name: 'WebhookEndpointList' })
export class EndpointListResponse {
  @ApiProperty({ type: [EndpointResponse], description: 'Oldest first.' })
  items!: readonly EndpointResponse[];
}

export class RotateSecretRequest {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 7 * DAY_SECONDS,
    default: DAY_SECONDS,
    example: 3_600,
    description: 'For how long the secret before signs beside the new one.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(7 * DAY_SECONDS)
  overlapSeconds: number = DAY_SECONDS;
}

@ApiSchema({ name: 'RotatedWebhookSecret' })
export class RotatedSecretResponse {
  @ApiProperty(SECRET)
  secret!: string;
}

export class ListDeliveriesQuery {
  @ApiPropertyOptional({ enum: DELIVERY_STATES, description: 'In this state.' })
  @IsOptional()
  @IsIn(DELIVERY_STATES)
  state?: DeliveryState;

  @PageLimit(MAX_PAGE, DEFAULT_PAGE)
  limit: number = DEFAULT_PAGE;

  @PageCursor()
  cursor?: string;
}

@ApiSchema({ name: 'WebhookAttempt' })
class AttemptResponse implements AttemptView {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  attempt!: number;

  @ApiProperty({ example: EXAMPLE.decidedAt })
  startedAt!: Date;

  @ApiProperty({ type: 'integer', minimum: 0, example: 84 })
  durationMs!: number;

  @ApiProperty({
    enum: ATTEMPT_OUTCOMES,
    example: 'delivered',
    description:
      'Taken (2xx), another status, a redirect (which is not followed), 410, no answer in time, an address that is not allowed, or no connection.',
  })
  outcome!: AttemptOutcome;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 204,
    description: "Of the receiver's answer; null without one.",
  })
  status!: number | null;
}

@ApiSchema({ name: 'WebhookDelivery' })
class DeliveryResponse implements DeliveryView {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.deliveryId })
  id!: string;

  @ApiProperty({
    format: 'uuid',
    example: EXAMPLE.webhookEventId,
    description: 'The `webhook-id` of every attempt.',
  })
  eventId!: string;

  @ApiProperty({ enum: WEBHOOK_EVENT_TYPES, example: 'capture.decided' })
  type!: WebhookEventType;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: EXAMPLE.captureId })
  captureId!: string | null;

  @ApiProperty({
    enum: DELIVERY_STATES,
    example: 'delivered',
    description: '`failed` once the last attempt of the schedule has failed.',
  })
  state!: DeliveryState;

  @ApiProperty({ example: EXAMPLE.decidedAt })
  createdAt!: Date;

  @ApiProperty({ type: Date, nullable: true, example: null, description: 'Null unless it is pending.' })
  nextAttemptAt!: Date | null;

  @ApiProperty({ type: Date, nullable: true, example: EXAMPLE.decidedAt })
  deliveredAt!: Date | null;

  @ApiProperty({ type: [AttemptResponse], description: 'In their order.' })
  attempts!: readonly AttemptResponse[];
}

@ApiSchema({ name: 'WebhookDeliveryPage' })
export class DeliveryPageResponse implements DeliveryPage {
  @ApiProperty({ type: [DeliveryResponse], description: 'Newest first.' })
  items!: readonly DeliveryResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Send it as `cursor` to get the page behind this one; null on the last.',
  })
  nextCursor!: string | null;
}

export class RedeliverRequest {
  @ApiProperty({
    type: String,
    format: 'date-time',
    example: EXAMPLE.createdAt,
    description: 'What happened at this moment or later.',
  })
  @IsMoment()
  from!: Date;

  @ApiProperty({
    type: String,
    format: 'date-time',
    example: EXAMPLE.expiresAt,
    description: 'What happened before this moment.',
  })
  @IsMoment()
  to!: Date;
}

@ApiSchema({ name: 'RedeliveredWebhooks' })
export class RedeliveredResponse {
  @ApiProperty({ type: 'integer', minimum: 0, example: 17, description: 'Deliveries that begin again.' })
  deliveries!: number;
}
