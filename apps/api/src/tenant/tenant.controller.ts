import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantSettings } from '#captures';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { ChangeTenantRequest, TenantResponse } from './tenant.dto.js';

/** The tenant of the caller's token; there is no way to name another. */
@ApiTags('tenant')
@Controller('v1/tenant')
export class TenantController {
  constructor(private readonly settings: TenantSettings) {}

  @Get()
  @Documented({
    operationId: 'readTenant',
    summary: 'Read the settings of the tenant',
    answers: { 200: { description: 'The tenant.', type: TenantResponse } },
  })
  read(@Caller() { tenantId }: CallerOf): Promise<TenantResponse> {
    return this.settings.read(tenantId);
  }

  @Patch()
  @Documented({
    operationId: 'changeTenant',
    summary: 'Change the settings of the tenant',
    answers: { 200: { description: 'The tenant as it is now.', type: TenantResponse } },
  })
  change(@Caller() caller: CallerOf, @Body() body: ChangeTenantRequest): Promise<TenantResponse> {
    return this.settings.change(caller, body);
  }
}
