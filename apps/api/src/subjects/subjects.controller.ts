import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller as CallerOf, type ErasureReport, Subjects, type SubjectView } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';

const SUBJECT_ID = new IdPipe('subject_not_found');

@ApiTags('subjects')
@Controller('v1/subjects')
export class SubjectsController {
  constructor(private readonly subjects: Subjects) {}

  @Post()
  create(@Caller() caller: CallerOf): Promise<SubjectView> {
    return this.subjects.create(caller);
  }

  @Get(':id')
  get(@Caller() caller: CallerOf, @Param('id', SUBJECT_ID) id: string): Promise<SubjectView> {
    return this.subjects.get(caller.tenantId, id);
  }

  /** Erasure: the data key is destroyed and every row deleted before this answers. */
  @Delete(':id')
  erase(@Caller() caller: CallerOf, @Param('id', SUBJECT_ID) id: string): Promise<ErasureReport> {
    return this.subjects.erase(caller, id);
  }
}
