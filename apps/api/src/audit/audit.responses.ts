import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import {
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  type AuditEntry,
  type AuditPage,
  type AuditReport,
  type ChainFault,
  FAULT_KINDS,
  type FaultKind,
  type StoredCheckpoint,
} from '#audit';
import { EXAMPLE } from '../openapi/example-values.js';

const EVENT_ID = '0199e8c9-3c5f-7d20-9b10-4a5b6c7d8e05';
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

@ApiSchema({ name: 'AuditActor', description: 'Who did it; no id where nobody was known.' })
class ActorResponse {
  @ApiProperty({ example: 'client' })
  kind!: string;

  @ApiProperty({ type: String, nullable: true, example: EXAMPLE.clientId })
  id!: string | null;
}

@ApiSchema({ name: 'AuditTarget', description: 'What it was done to, if to one thing.' })
class TargetResponse {
  @ApiProperty({ type: String, nullable: true, example: 'capture' })
  kind!: string | null;

  @ApiProperty({ type: String, nullable: true, example: EXAMPLE.captureId })
  id!: string | null;
}

@ApiSchema({ name: 'AuditEvent' })
class EntryResponse implements AuditEntry {
  @ApiProperty({ format: 'uuid', example: EVENT_ID })
  id!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 42,
    description: 'Its place in the chain; null until it has one, about a second later.',
  })
  seq!: number | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-24T09:01:02.412345Z' })
  occurredAt!: string;

  @ApiProperty({ enum: AUDIT_ACTIONS, example: 'capture.submitted' })
  action!: string;

  @ApiProperty({ enum: AUDIT_OUTCOMES, example: 'success' })
  outcome!: string;

  @ApiProperty({ type: ActorResponse })
  actor!: ActorResponse;

  @ApiProperty({ type: TargetResponse })
  target!: TargetResponse;

  @ApiProperty({ type: String, nullable: true, example: 'f3a1c1de-5d0c-4b0e-9a55-1d9f6a3c2b10' })
  correlationId!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { frames: 8 },
    description: 'Scalars, different for each action; nothing personal.',
  })
  detail!: Readonly<Record<string, unknown>>;
}

@ApiSchema({ name: 'AuditPage' })
export class AuditPageResponse implements AuditPage {
  @ApiProperty({ type: [EntryResponse], description: 'Newest first.' })
  items!: readonly EntryResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Asks for the page behind this one; null when this is the last.',
  })
  nextCursor!: string | null;
}

@ApiSchema({ name: 'AuditFault', description: 'The first thing that is wrong, and where.' })
class FaultResponse implements ChainFault {
  @ApiProperty({ enum: FAULT_KINDS, example: 'changed' })
  kind!: FaultKind;

  @ApiProperty({ type: 'integer', nullable: true, example: 17 })
  seq!: number | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: EVENT_ID })
  eventId!: string | null;
}

@ApiSchema({ name: 'AuditReport' })
export class AuditReportResponse implements AuditReport {
  @ApiProperty({ example: true })
  valid!: boolean;

  @ApiProperty({ type: FaultResponse, nullable: true, example: null })
  fault!: FaultResponse | null;

  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  fromSeq!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 42, description: 'The last link that holds.' })
  toSeq!: number;

  @ApiProperty({ example: HASH, description: 'Hash of that link.' })
  toHash!: string;

  @ApiProperty({ type: 'integer', minimum: 0, example: 42, description: 'The last link there is.' })
  headSeq!: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 2,
    description: 'Signed checkpoints held against these links.',
  })
  checkpoints!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 0, description: 'Events that wait for their place.' })
  pending!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: null,
    description: 'Where to go on; null at the end of the chain, or at a fault.',
  })
  nextSeq!: number | null;
}

@ApiSchema({ name: 'AuditCheckpoint' })
class CheckpointResponse implements StoredCheckpoint {
  @ApiProperty({ type: 'integer', minimum: 1, example: 42 })
  seq!: number;

  @ApiProperty({ example: EXAMPLE.decidedAt })
  createdAt!: Date;

  @ApiProperty({
    example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF1ZGl0LWNoZWNrcG9pbnQrand0In0.eyJzZXEiOjQyfQ.c2lnbmF0dXJl',
    description: 'Compact JWS, type `audit-checkpoint+jwt`: tenant (`sub`), `seq`, `hash`, time (`iat`).',
  })
  signed!: string;
}

@ApiSchema({ name: 'AuditCheckpointList' })
export class CheckpointListResponse {
  @ApiProperty({ type: [CheckpointResponse], description: 'Newest first.' })
  items!: readonly CheckpointResponse[];
}
