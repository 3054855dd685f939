export { Child, describeExit, type ChildOptions, type Exit } from './child.js';
export { DirectoryInUseError } from './directory-lock.js';
export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres.js';
export { findRedis, startRedis, type Redis, type RedisOptions } from './redis.js';
export { builtEntry, projectRoot } from './project.js';
export { startStack, StackStoppedError, type Stack, type StackOptions } from './stack.js';
