import type { BoardAccess } from './board-gate.js';

const READ = { board: 'read' } as const;
const RE_DRIVE = { board: 're-drive' } as const;

/**
 * The queue board: the entrance is public and shows nothing, the rest needs an operator's session. Bull Board's routes are written down
 * one by one, so that an update that brings a new one ends the start instead of serving it.
 */
export const BOARD_ROUTES: Readonly<Record<string, 'public' | { readonly board: BoardAccess }>> = {
  'GET /queues/enter': 'public',
  'GET /queues/enter.js': 'public',
  'POST /queues/session': 'public',

  'GET /queues': READ,
  'GET /queues/': READ,
  'GET /queues/metrics-history': READ,
  'GET /queues/job-schedulers': READ,
  'GET /queues/queue/:queueName': READ,
  'GET /queues/queue/:queueName/:jobId': READ,
  'GET /queues/static/*': READ,
  'GET /queues/api/redis/stats': READ,
  'GET /queues/api/queues': READ,
  'GET /queues/api/job-schedulers': READ,
  'GET /queues/api/queues/:queueName/metrics': READ,
  'GET /queues/api/queues/:queueName/default-job-options': READ,
  'GET /queues/api/queues/:queueName/rate-limit': READ,
  'GET /queues/api/queues/:queueName/job-data-schema': READ,
  'GET /queues/api/queues/:queueName/:jobId': READ,
  'GET /queues/api/queues/:queueName/:jobId/logs': READ,
  'GET /queues/api/queues/:queueName/:jobId/flow': READ,

  'PUT /queues/api/queues/:queueName/:jobId/retry': RE_DRIVE,
  'PUT /queues/api/queues/:queueName/retry/failed': RE_DRIVE,
  // Served to say no: nothing else of a queue can be changed.
  'POST /queues/api/*': READ,
  'PUT /queues/api/*': READ,
  'PATCH /queues/api/*': READ,
  'DELETE /queues/api/*': READ,
};
