import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller as CallerOf, Subjects } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { ErasureResponse, SubjectResponse } from './subjects.dto.js';

const SUBJECT_ID = new IdPipe('subject_not_found');

@ApiTags('subjects')
@Controller('v1/subjects')
export class SubjectsController {
  constructor(private readonly subjects: Subjects) {}

  @Post()
  @Documented({
    operationId: 'createSubject',
    idempotent: true,
    summary: 'Create a subject',
    description: 'It is made without any personal data: keep its id beside your own record of the person.',
    answers: { 201: { description: 'The subject.', type: SubjectResponse } },
  })
  create(@Caller() caller: CallerOf): Promise<SubjectResponse> {
    return this.subjects.create(caller);
  }

  @Get(':id')
  @Documented({
    operationId: 'readSubject',
    summary: 'Read a subject',
    answers: { 200: { description: 'The subject.', type: SubjectResponse } },
    refusals: ['subject_not_found'],
  })
  get(@Caller() caller: CallerOf, @Param('id', SUBJECT_ID) id: string): Promise<SubjectResponse> {
    return this.subjects.get(caller.tenantId, id);
  }

  @Delete(':id')
  @Documented({
    operationId: 'eraseSubject',
    summary: 'Erase a subject and everything known of it',
    description: 'The data key is destroyed and every row deleted before this answers.',
    answers: { 200: { description: 'What was erased.', type: ErasureResponse } },
    refusals: ['subject_not_found'],
  })
  erase(@Caller() caller: CallerOf, @Param('id', SUBJECT_ID) id: string): Promise<ErasureResponse> {
    return this.subjects.erase(caller, id);
  }
}
