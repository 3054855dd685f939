import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ListCaptures } from '#captures';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { CapturePageResponse } from './capture.responses.js';
import { ListCapturesQuery } from './reading.dto.js';

@ApiTags('captures')
@Controller('v1/captures')
export class CaptureListController {
  constructor(private readonly captures: ListCaptures) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'listCaptures',
    summary: "List the tenant's captures, newest first",
    answers: { 200: { description: 'A page of captures.', type: CapturePageResponse } },
  })
  list(@Caller() { tenantId }: CallerOf, @Query() query: ListCapturesQuery): Promise<CapturePageResponse> {
    const { limit, cursor, ...filter } = query;
    return this.captures.execute(tenantId, filter, { limit, cursor });
  }
}
