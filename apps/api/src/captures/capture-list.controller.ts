import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CapturePage, ListCaptures } from '#captures';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { ListCapturesQuery } from './reading.dto.js';

@ApiTags('captures')
@Controller('v1/captures')
export class CaptureListController {
  constructor(private readonly captures: ListCaptures) {}

  /** The tenant's captures, newest first. */
  @Get()
  @Header('cache-control', 'no-store')
  list(@Caller() { tenantId }: CallerOf, @Query() query: ListCapturesQuery): Promise<CapturePage> {
    const { limit, cursor, ...filter } = query;
    return this.captures.execute(tenantId, filter, { limit, cursor });
  }
}
