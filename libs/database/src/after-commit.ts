import type { DataSource, EntityManager } from 'typeorm';

type Task = () => void;

const tasksOf = new WeakMap<EntityManager, Task[]>();

/**
 * Does `task` once the transaction of `manager` has committed, and never if it is rolled back: for telling of a deed (a log line,
 * a count), not for doing one. It may be lost when the process or its connection dies over the commit.
 * @param task must not throw
 * @throws TypeError when `manager` is not of the unit of work
 */
export function afterCommit(manager: EntityManager, task: Task): void {
  const tasks = tasksOf.get(manager);
  if (!tasks) throw new TypeError('Only a transaction of the unit of work has an end to wait for');
  tasks.push(task);
}

/** Runs `work` in a transaction, then what it left to be done after the commit. */
export async function withCommitTasks<T>(
  source: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const tasks: Task[] = [];
  const result = await source.transaction((manager) => {
    tasksOf.set(manager, tasks);
    return work(manager);
  });
  for (const task of tasks) task();
  return result;
}
