import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { projectRoot } from '#supervisor';

const NOT_OURS = /^(node_modules|dist|coverage|\.)/;

async function pages(): Promise<string[]> {
  const entries = await readdir(projectRoot(), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !NOT_OURS.test(entry.name));
  const below = await Promise.all(
    folders.map(async ({ name }) => {
      const files = await readdir(join(projectRoot(), name), { recursive: true });
      return files.map((file) => join(name, file));
    }),
  );
  return [...entries.map(({ name }) => name), ...below.flat()].filter((file) => file.endsWith('.md')).sort();
}

/** The anchors of a page's headings, as code hosts make them. */
function anchors(text: string): string[] {
  const withoutCode = text.replace(/^```.*?^```/gms, '');
  return [...withoutCode.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    String(heading)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('every link of the documentation leads to a page and a heading that exist', async () => {
  const dead: string[] = [];
  let links = 0;
  for (const page of await pages()) {
    const text = readFileSync(join(projectRoot(), page), 'utf8');
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target as string)) continue;
      links += 1;
      const [path = '', anchor] = (target as string).split('#');
      const file = path === '' ? page : relative(projectRoot(), join(projectRoot(), dirname(page), path));
      const isThere =
        existsSync(join(projectRoot(), file)) &&
        (!anchor || anchors(readFileSync(join(projectRoot(), file), 'utf8')).includes(anchor));
      if (!isThere) dead.push(`${page}: ${target}`);
    }
  }
  expect(links).toBeGreaterThan(30);
  expect(dead).toEqual([]);
});
