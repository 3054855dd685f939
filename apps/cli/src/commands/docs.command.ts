import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { projectRoot } from '#supervisor';
import { readApiDocument, refusalsByRoute } from '../docs/api-document.js';
import { errorsPage } from '../docs/errors-page.js';

export function docsCommand(): Command {
  return new Command('docs')
    .description('write what is generated in docs: openapi.json, errors.md')
    .option('--check', 'write nothing; fail when a file is not as it would be written')
    .option('--dir <folder>', 'where they lie', join(projectRoot(), 'docs'))
    .action(async ({ check, dir }: { check?: true; dir: string }) => {
      const stale: string[] = [];
      for (const [name, content] of await generate()) {
        const path = join(dir, name);
        if ((await readFile(path, 'utf8').catch(() => undefined)) === content) continue;
        stale.push(name);
        if (!check) await writeFile(path, content);
      }
      if (check && stale.length > 0)
        throw new Error(`${stale.join(' and ')} in docs: not as the code says; run "npm run cli -- docs"`);
      console.log(stale.length > 0 ? `written: ${stale.join(', ')}` : 'everything is as the code says');
    });
}

async function generate(): Promise<[name: string, content: string][]> {
  const document = await readApiDocument();
  return [
    ['openapi.json', `${JSON.stringify(document, null, 2)}\n`],
    ['errors.md', errorsPage(refusalsByRoute(document))],
  ];
}
