import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROLE_SCOPES, SCOPES } from '#access';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'people.md'), 'utf8');

/** `x:*` stands for every scope of x. */
const scopesIn = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, name]) =>
    name?.endsWith(':*') ? SCOPES.filter((scope) => scope.startsWith(name.slice(0, -1))) : [name as string],
  );

it('the table of roles is that of the code', () => {
  const section = page.slice(page.indexOf('## Roles'), page.indexOf('## Logging in'));
  const rows = [...section.matchAll(/^\| `(\w+)` \|.*\| ([^|]+) \|$/gm)];
  const documented = Object.fromEntries(
    rows.map(([, role, cell]) => [role as string, scopesIn(cell as string).sort()] as const),
  );
  const coded = Object.fromEntries(
    Object.entries(ROLE_SCOPES).map(([role, scopes]) => [role, [...scopes].sort()]),
  );
  expect(documented).toEqual(coded);
});
