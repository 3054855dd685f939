import type { Provider } from '@nestjs/common';
import { BoardPasses } from '#access';
import { ReDrive } from '#captures';
import type { Config } from '#config';
import { Platform } from '#platform';
import type { StageQueue } from '#queue';
import { BoardGate } from '../board/board-gate.js';
import { BoardOrigin } from '../board/board-origin.js';
import { fromPlatform } from './from-platform.js';
import { STAGE_QUEUE } from './stage-queue.js';

/** The queue board's entrance and what it may change. */
export function boardProviders({ PUBLIC_URL }: Config): Provider[] {
  return [
    { provide: BoardOrigin, useValue: new BoardOrigin(PUBLIC_URL) },
    fromPlatform(BoardPasses, ({ unitOfWork }) => new BoardPasses(unitOfWork)),
    {
      provide: BoardGate,
      useFactory: (passes: BoardPasses, origin: BoardOrigin) => new BoardGate(passes, origin),
      inject: [BoardPasses, BoardOrigin],
    },
    {
      provide: ReDrive,
      useFactory: ({ unitOfWork }: Platform, queue: StageQueue) => new ReDrive(unitOfWork, queue),
      inject: [Platform, STAGE_QUEUE],
    },
  ];
}
