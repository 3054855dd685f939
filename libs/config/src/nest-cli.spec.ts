import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
const folders = (parent: string): string[] =>
  readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

interface Project {
  readonly type: string;
  readonly root: string;
  readonly sourceRoot: string;
}

it('nest-cli.json names every app and lib, and nothing else', () => {
  const { projects } = JSON.parse(readFileSync(join(root, 'nest-cli.json'), 'utf8')) as {
    projects: Record<string, Project>;
  };
  for (const [type, parent] of [
    ['application', 'apps'],
    ['library', 'libs'],
  ] as const) {
    const named = Object.entries(projects).filter(([, project]) => project.type === type);
    expect(named.map(([name]) => name).sort()).toEqual(folders(parent));
    for (const [name, project] of named)
      expect(project).toMatchObject({ root: `${parent}/${name}`, sourceRoot: `${parent}/${name}/src` });
  }
});
