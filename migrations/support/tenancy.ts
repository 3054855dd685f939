/** The tenant of the running transaction; NULL when none is set, so that no row matches. */
export const CURRENT_TENANT = `NULLIF(current_setting('app.tenant_id', true), '')::uuid`;

/** Row level security that binds even the table's owner: a transaction sees and writes the rows of its own tenant only. */
export function tenantTable(table: string, appRights: string, column = 'tenant_id'): string {
  return `
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON ${table} TO sb_app
      USING (${column} = ${CURRENT_TENANT}) WITH CHECK (${column} = ${CURRENT_TENANT});
    GRANT ${appRights} ON ${table} TO sb_app;
  `;
}

/** What the narrow role may do across tenants: find due work by its ids, never read what it is about. */
export function systemRights(table: string, rights: string): string {
  return `
    CREATE POLICY system ON ${table} TO sb_system USING (true) WITH CHECK (true);
    GRANT ${rights} ON ${table} TO sb_system;
  `;
}
