import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ARTIFACT_TYPES, CaptureArtifacts } from '#captures';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { ArtifactListResponse } from './artifacts.responses.js';

const MEDIA_TYPES = [...new Set(Object.values(ARTIFACT_TYPES))];
const CAPTURE_ID = new IdPipe('capture_not_found');

@ApiTags('artifacts')
@Controller('v1/captures/:id/artifacts')
export class ArtifactsController {
  constructor(private readonly artifacts: CaptureArtifacts) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'listArtifacts',
    summary: 'List the artifacts of a capture that can be read now',
    answers: { 200: { description: 'The artifacts, by name.', type: ArtifactListResponse } },
    refusals: ['capture_not_found'],
  })
  async list(
    @Caller() { tenantId }: CallerOf,
    @Param('id', CAPTURE_ID) id: string,
  ): Promise<ArtifactListResponse> {
    return { items: await this.artifacts.list(tenantId, id) };
  }

  /** Biometric data in clear: nothing on the way may keep it, and a browser saves it instead of showing it. */
  @Get(':name')
  @ApiParam({ name: 'name', enum: Object.keys(ARTIFACT_TYPES), description: 'Name of the artifact.' })
  @Documented({
    operationId: 'readArtifact',
    summary: 'Read an artifact in clear',
    description: 'It shows the face: the reading is audited, and nothing on the way may keep it.',
    answers: {
      200: { description: 'The file.', mediaTypes: MEDIA_TYPES, headers: ['Content-Disposition'] },
    },
    refusals: ['capture_not_found', 'artifact_not_found', 'artifacts_not_kept', 'artifact_expired'],
  })
  async read(
    @Caller() caller: CallerOf,
    @Param('id', CAPTURE_ID) id: string,
    @Param('name') name: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { mediaType, content } = await this.artifacts.read(caller, id, name);
    await reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${id}-${name}"`)
      .type(mediaType)
      .send(content);
  }
}
