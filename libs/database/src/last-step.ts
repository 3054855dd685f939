import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';

/** The last statements of a transaction; what it throws takes the transaction back. */
export type LastStep = (manager: EntityManager, tenantId: string) => Promise<void>;

const steps = new AsyncLocalStorage<LastStep>();

/** Has every tenant's transaction that `work` makes end with `step`: what that writes is there exactly if the rest is. */
export function withLastStep<T>(step: LastStep, work: () => Promise<T>): Promise<T> {
  return steps.run(step, work);
}

export async function takeLastStep(manager: EntityManager, tenantId: string): Promise<void> {
  await steps.getStore()?.(manager, tenantId);
}
