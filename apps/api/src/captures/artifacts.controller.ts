import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type ArtifactView, CaptureArtifacts } from '#captures';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';

const CAPTURE_ID = new IdPipe('capture_not_found');

@ApiTags('artifacts')
@Controller('v1/captures/:id/artifacts')
export class ArtifactsController {
  constructor(private readonly artifacts: CaptureArtifacts) {}

  @Get()
  @Header('cache-control', 'no-store')
  async list(
    @Caller() { tenantId }: CallerOf,
    @Param('id', CAPTURE_ID) id: string,
  ): Promise<{ items: ArtifactView[] }> {
    return { items: await this.artifacts.list(tenantId, id) };
  }

  /** Biometric data in clear: nothing on the way may keep it, and a browser saves it instead of showing it. */
  @Get(':name')
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
