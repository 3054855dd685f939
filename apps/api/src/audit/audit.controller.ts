import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AuditTrail, AuditVerification } from '#audit';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { JwksResponse } from '../oauth/oauth.dto.js';
import { Documented } from '../openapi/documented.decorator.js';
import { AuditKeys } from './audit-keys.js';
import { ListAuditQuery, ListCheckpointsQuery, VerifyAuditQuery } from './audit.dto.js';
import { AuditPageResponse, AuditReportResponse, CheckpointListResponse } from './audit.responses.js';

@ApiTags('audit')
@Controller()
export class AuditController {
  constructor(
    private readonly trail: AuditTrail,
    private readonly verification: AuditVerification,
    private readonly keys: AuditKeys,
  ) {}

  @Get('v1/audit')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'listAuditEvents',
    summary: "List the events of the tenant's audit trail, newest first",
    description: 'Reading the trail is itself an event of it.',
    answers: { 200: { description: 'A page of events.', type: AuditPageResponse } },
  })
  list(@Caller() caller: CallerOf, @Query() query: ListAuditQuery): Promise<AuditPageResponse> {
    const { limit, cursor, ...filter } = query;
    return this.trail.list(caller, filter, { limit, cursor });
  }

  @Get('v1/audit/verify')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'verifyAudit',
    summary: 'Verify the chain of the audit trail',
    description:
      'Follows at most `limit` links from `from` on and stops at the first fault. While `nextSeq` is not null, ask again from there.',
    answers: { 200: { description: 'What was verified, and what is wrong.', type: AuditReportResponse } },
  })
  verify(
    @Caller() caller: CallerOf,
    @Query() { from, limit }: VerifyAuditQuery,
  ): Promise<AuditReportResponse> {
    return this.verification.verify(caller, { fromSeq: from, limit });
  }

  @Get('v1/audit/checkpoints')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'listAuditCheckpoints',
    summary: 'List the signed checkpoints of the audit trail, newest first',
    description: 'Keep them somewhere else: they show a chain that was computed anew.',
    answers: { 200: { description: 'The checkpoints.', type: CheckpointListResponse } },
  })
  async checkpoints(
    @Caller() caller: CallerOf,
    @Query() { limit, before }: ListCheckpointsQuery,
  ): Promise<CheckpointListResponse> {
    return { items: await this.trail.checkpoints(caller, { limit, beforeSeq: before }) };
  }

  @Get('.well-known/audit-jwks.json')
  @Header('cache-control', 'public, max-age=300')
  @Documented({
    operationId: 'readAuditKeys',
    summary: 'The public keys that checkpoints of the audit trail are verified with',
    answers: { 200: { description: 'A JWK set (RFC 7517).', type: JwksResponse } },
  })
  jwks(): JwksResponse {
    return { keys: this.keys.published };
  }
}
