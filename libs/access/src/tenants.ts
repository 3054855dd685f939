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

/** Every tenant there is, or the one of that name, which is not made. @throws Error when there is none */
export async function tenantsThere(
  unitOfWork: UnitOfWork,
  name?: string,
): Promise<{ readonly id: string; readonly name: string }[]> {
  const tenants = await unitOfWork.inSystem((manager) =>
    manager.query<{ id: string; name: string }[]>(
      'SELECT id, name FROM tenants WHERE $1::text IS NULL OR name = $1 ORDER BY name',
      [name ?? null],
    ),
  );
  if (name !== undefined && tenants.length === 0) throw new Error(`No tenant ${name}`);
  return tenants;
}
