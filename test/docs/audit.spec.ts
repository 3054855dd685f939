import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT_ACTIONS } from '#audit';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'audit.md'), 'utf8');

/** `.x` goes on with what the name before it begins with. */
function actionsIn(text: string): string[] {
  let subject = '';
  return [...text.matchAll(/`([a-z_]*)\.([a-z_]+)`/g)].map(([, named, deed]) => {
    subject = named || subject;
    return `${subject}.${deed}`;
  });
}

it('the table of actions has each of them, and no other', () => {
  const table = page.slice(page.indexOf('| actions |'), page.indexOf('`apps/api/src/access/route-audit.ts`'));
  expect([...new Set(actionsIn(table))].sort()).toEqual([...AUDIT_ACTIONS].sort());
});
