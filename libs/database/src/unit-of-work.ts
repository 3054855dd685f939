import type { DataSource, EntityManager } from 'typeorm';
import { withCommitTasks } from './after-commit.js';
import { takeLastStep } from './last-step.js';

/**
 * The one way to the database. A transaction belongs to one tenant (row level security then hides every other one),
 * or to the system role, which may find due work across tenants but not read what it is about.
 * No inference, upload or wait happens inside: `work` is database statements only.
 */
export class UnitOfWork {
  constructor(
    private readonly app: DataSource,
    private readonly system: DataSource,
  ) {}

  inTenant<T>(tenantId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return withCommitTasks(this.app, async (manager) => {
      await manager.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenantId]);
      const result = await work(manager);
      await takeLastStep(manager, tenantId);
      return result;
    });
  }

  inSystem<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return withCommitTasks(this.system, work);
  }

  /** Answers within the pool's own time limits or throws: the readiness probe. */
  async ping(): Promise<void> {
    await this.app.query('SELECT 1');
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.app, this.system].map(async (source) => source.isInitialized && source.destroy()),
    );
  }
}
