import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ProblemError } from '#errors';
import { describeApi } from '../openapi/describe-api.js';
import { DOCS_PAGE, docsAsset, PAGE_POLICY } from './docs-page.js';

/** What is served for people and their tools to learn the API, and is therefore no part of it; API_DOCS=false switches it off. */
export const DOCS_ROUTES = ['GET /api/openapi.json', 'GET /api/docs', 'GET /api/docs/:asset'];

@Controller('api')
export class DocsController {
  private document?: Promise<OpenAPIObject>;

  @Get('openapi.json')
  @Header('cache-control', 'no-cache')
  read(): Promise<OpenAPIObject> {
    return (this.document ??= describeApi());
  }

  @Get('docs')
  @Header('cache-control', 'no-cache')
  async page(@Res() reply: FastifyReply): Promise<void> {
    await reply
      .header('content-security-policy', PAGE_POLICY)
      .type(DOCS_PAGE.mediaType)
      .send(DOCS_PAGE.content);
  }

  @Get('docs/:asset')
  @Header('cache-control', 'public, max-age=3600')
  async asset(@Param('asset') name: string, @Res() reply: FastifyReply): Promise<void> {
    const asset = await docsAsset(name);
    if (!asset) throw new ProblemError('not_found');
    await reply.type(asset.mediaType).send(asset.content);
  }
}
