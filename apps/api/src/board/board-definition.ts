import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';
import type { Queue } from 'bullmq';
import type { z } from 'zod';
import { type BullQueue, type StageQueue, stageJobSchema, type TaskKind } from '#queue';

/** Our consumers share connections, by which Bull Board cannot tell whether a stage has any: it would always say none. */
const UI: UIConfig = {
  boardTitle: 'Queues',
  hideDocsLink: true,
  sortQueues: false,
  showWorkers: false,
};

/** What Bull Board hands to the server it is mounted on; which of it is served, and to whom, is decided there. */
export class BoardDefinition implements IServerAdapter {
  queues!: BullBoardQueues;
  views!: string;
  statics!: string;
  entry!: AppViewRoute;
  routes!: AppControllerRoute[];
  uiConfig: UIConfig = {};

  /**
   * The stages, then these other kinds of jobs.
   * @param reDrive whether the pages offer to run failed jobs of the stages again; of the others none stays that failed
   */
  static of<T>(
    queue: StageQueue,
    kinds: readonly TaskKind<T>[],
    { reDrive }: { reDrive: boolean },
  ): BoardDefinition {
    const definition = new BoardDefinition();
    createBullBoard({
      queues: [
        ...[...queue.queues.values()].map((each) => adapterOf(each, stageJobSchema, reDrive)),
        ...kinds.map((kind) => adapterOf(queue.tasks(kind).queue, kind.schema, false)),
      ],
      serverAdapter: definition,
      options: { uiConfig: UI },
    });
    return definition;
  }

  setQueues(queues: BullBoardQueues): this {
    this.queues = queues;
    return this;
  }
  setViewsPath(path: string): this {
    this.views = path;
    return this;
  }
  setStaticPath(_route: string, path: string): this {
    this.statics = path;
    return this;
  }
  setEntryRoute(route: AppViewRoute): this {
    this.entry = route;
    return this;
  }
  setErrorHandler(): this {
    return this;
  }
  setApiRoutes(routes: AppControllerRoute[]): this {
    this.routes = routes;
    return this;
  }
  setUIConfig(config: UIConfig): this {
    this.uiConfig = config;
    return this;
  }
}

/** Shows the payload if it is one of ours, which are ids; whatever else may have come into the queue stays there. */
function adapterOf(queue: BullQueue, schema: z.ZodType, reDrive: boolean): BullMQAdapter {
  const options = { readOnlyMode: !reDrive, allowCompletedRetries: false };
  const adapter = new BullMQAdapter(queue as Queue, options);
  adapter.setFormatter(
    'data',
    (data: unknown) => schema.safeParse(data).data ?? { refused: 'not a job of ours' },
  );
  adapter.setFormatter('returnValue', () => null);
  return adapter;
}
