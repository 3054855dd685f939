import { Body, Controller, Get, Header, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Policies } from '#captures';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { VersionPipe } from '../problem/version.pipe.js';
import {
  ActivatePolicyRequest,
  CreatePolicyRequest,
  ListPoliciesQuery,
  PolicyListResponse,
  PolicyResponse,
  VERSION_PARAM,
} from './policies.dto.js';

@ApiTags('policies')
@Controller('v1/policies')
export class PoliciesController {
  constructor(private readonly policies: Policies) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'listPolicies',
    summary: "List the tenant's policies, newest first",
    answers: { 200: { description: 'The versions.', type: PolicyListResponse } },
  })
  async list(
    @Caller() { tenantId }: CallerOf,
    @Query() query: ListPoliciesQuery,
  ): Promise<PolicyListResponse> {
    return { items: await this.policies.list(tenantId, query) };
  }

  @Post()
  @Documented({
    operationId: 'createPolicy',
    idempotent: true,
    summary: 'Add a version',
    description: 'It applies to nothing before it is activated; until then it can be simulated.',
    answers: { 201: { description: 'The new version.', type: PolicyResponse } },
    refusals: ['policy_not_found'],
  })
  create(@Caller() caller: CallerOf, @Body() body: CreatePolicyRequest): Promise<PolicyResponse> {
    return this.policies.create(caller, body);
  }

  @Get(':version')
  @ApiParam(VERSION_PARAM)
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'readPolicy',
    summary: 'Read a version',
    answers: { 200: { description: 'The version.', type: PolicyResponse } },
    refusals: ['policy_not_found'],
  })
  read(
    @Caller() { tenantId }: CallerOf,
    @Param('version', VersionPipe) version: number,
  ): Promise<PolicyResponse> {
    return this.policies.read(tenantId, version);
  }

  @Post(':version/activate')
  @ApiParam(VERSION_PARAM)
  @Documented({
    operationId: 'activatePolicy',
    summary: 'Have captures made from now on decided by a version',
    description:
      'Captures made before keep the version they were made under. Where it is weaker than the active one, each such member must be named.',
    answers: { 200: { description: 'It is active.', type: PolicyResponse } },
    refusals: ['policy_not_found', 'policy_weaker'],
  })
  activate(
    @Caller() caller: CallerOf,
    @Param('version', VersionPipe) version: number,
    @Body() { acceptWeakening = [] }: ActivatePolicyRequest,
  ): Promise<PolicyResponse> {
    return this.policies.activate(caller, version, acceptWeakening);
  }
}
