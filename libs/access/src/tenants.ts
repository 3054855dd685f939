import { v7 as uuid } from 'uuid';
import type { UnitOfWork } from '#database';

/** Holds what belongs to the installation and to no relying party: the operators' passes, and in the audit trail what concerns no tenant. */
export const PLATFORM_TENANT = 'platform';

/** The id of the tenant of that name, made at first use. */
export function tenantNamed(unitOfWork: UnitOfWork, name: string): Promise<string> {
  return unitOfWork.inSystem(async (manager) => {
    await manager.query('INSERT INTO tenants (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [
      uuid(),
      name,
    ]);
    const [row] = await manager.query<{ id: string }[]>('SELECT id FROM tenants WHERE name = $1', [name]);
    return (row as { id: string }).id;
  });
}

/** The id of the installation's own tenant, asked for once. */
export class PlatformTenant {
  private asked: Promise<string> | undefined;

  constructor(private readonly unitOfWork: UnitOfWork) {}

  id(): Promise<string> {
    this.asked ??= tenantNamed(this.unitOfWork, PLATFORM_TENANT);
    return this.asked.catch((error: unknown) => {
      this.asked = undefined;
      throw error;
    });
  }
}
