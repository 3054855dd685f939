import { v7 as uuid } from 'uuid';
import type { UnitOfWork } from '#database';

/** Holds what belongs to the installation and to no relying party: the operators' passes and their audit trail. */
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
