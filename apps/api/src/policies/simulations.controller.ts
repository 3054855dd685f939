import { Body, Controller, Get, Header, Param, Post, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { hasScope, type Principal } from '#access';
import { PolicySimulations } from '#captures';
import { ProblemError } from '#errors';
import type { Caller as CallerOf } from '#subjects';
import { Caller, CurrentPrincipal } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { VersionPipe } from '../problem/version.pipe.js';
import { VERSION_PARAM } from './policies.dto.js';
import { SimulatePolicyRequest, SimulationResponse } from './simulations.dto.js';

const RETRY_AFTER_SECONDS = 1;

@ApiTags('policies')
@Controller('v1')
export class SimulationsController {
  constructor(private readonly simulations: PolicySimulations) {}

  @Post('policies/:version/simulate')
  @ApiParam(VERSION_PARAM)
  @Header('retry-after', String(RETRY_AFTER_SECONDS))
  @Documented({
    operationId: 'simulatePolicy',
    idempotent: true,
    summary: 'Ask what a version would have decided',
    description:
      'A worker takes past decisions again from what their stages stored; no picture is read. Counts are rounded, unless they are asked for exactly.',
    answers: {
      202: {
        description: 'It is queued; read it at `Location`.',
        type: SimulationResponse,
        headers: ['Location', 'Retry-After'],
      },
    },
    refusals: ['policy_not_found', 'simulations_exhausted'],
  })
  async simulate(
    @Caller() caller: CallerOf,
    @CurrentPrincipal() principal: Principal,
    @Param('version', VersionPipe) version: number,
    @Body() body: SimulatePolicyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SimulationResponse> {
    if (body.exact && !hasScope(principal, 'captures:review'))
      throw new ProblemError('insufficient_scope', { detail: 'Needs scope captures:review' });
    const simulation = await this.simulations.request(caller, version, body);
    reply.header('location', `/v1/policy-simulations/${simulation.id}`);
    return simulation;
  }

  @Get('policy-simulations/:id')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'readSimulation',
    summary: 'Read a simulation',
    answers: { 200: { description: 'The simulation as it stands.', type: SimulationResponse } },
    refusals: ['simulation_not_found'],
  })
  read(
    @Caller() { tenantId }: CallerOf,
    @Param('id', new IdPipe('simulation_not_found')) id: string,
  ): Promise<SimulationResponse> {
    return this.simulations.read(tenantId, id);
  }
}
