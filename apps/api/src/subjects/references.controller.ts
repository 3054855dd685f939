import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller as CallerOf, References } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { ReferenceListResponse } from './references.dto.js';

const SUBJECT_ID = new IdPipe('subject_not_found');
const REFERENCE_ID = new IdPipe('reference_not_found');

@ApiTags('references')
@Controller('v1/subjects/:id/references')
export class ReferencesController {
  constructor(private readonly references: References) {}

  @Get()
  @Documented({
    operationId: 'listReferences',
    summary: 'List the references of a subject',
    description: 'Where each came from; nothing of the face.',
    answers: { 200: { description: 'The references, oldest first.', type: ReferenceListResponse } },
    refusals: ['subject_not_found'],
  })
  async list(
    @Caller() caller: CallerOf,
    @Param('id', SUBJECT_ID) id: string,
  ): Promise<ReferenceListResponse> {
    return { items: await this.references.list(caller.tenantId, id) };
  }

  @Delete(':referenceId')
  @Documented({
    operationId: 'deleteReference',
    summary: 'Delete a reference',
    description:
      'Without its last reference the subject is not enrolled, and anybody may be enrolled as it: hence the scope of the override.',
    answers: { 204: { description: 'It is deleted.' } },
    refusals: ['subject_not_found', 'reference_not_found'],
  })
  remove(
    @Caller() caller: CallerOf,
    @Param('id', SUBJECT_ID) id: string,
    @Param('referenceId', REFERENCE_ID) referenceId: string,
  ): Promise<void> {
    return this.references.remove(caller, id, referenceId);
  }
}
