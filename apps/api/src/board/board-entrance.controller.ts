import { Body, Controller, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BoardPasses } from '#access';
import { GuardsSecret } from '../throttling/limits.js';
import { boardCookie } from './board-cookie.js';
import { BOARD_CSP } from './board-headers.js';
import { BoardOrigin } from './board-origin.js';
import { ENTRANCE_HTML, ENTRANCE_JS } from './entrance-page.js';

class EnterRequest {
  @IsString()
  @Length(1, 200)
  code!: string;
}

/** The door of the queue board, for people with a browser; the board's own addresses are served by its plugin. */
@Controller('queues')
export class BoardEntranceController {
  constructor(
    private readonly passes: BoardPasses,
    private readonly origin: BoardOrigin,
  ) {}

  @Get('enter')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', BOARD_CSP)
  @Header('cache-control', 'no-store')
  page(): string {
    return ENTRANCE_HTML;
  }

  @Get('enter.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'no-store')
  script(): string {
    return ENTRANCE_JS;
  }

  /** Exchanges a link's one-time code for the cookie of a session. */
  @Post('session')
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  @GuardsSecret()
  async enter(
    @Body() { code }: EnterRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    this.origin.assertOwn(request);
    const { session, expiresAt } = await this.passes.exchange(code, request.id);
    reply.header('set-cookie', boardCookie(session, expiresAt, this.origin.isSecure(request)));
  }
}
