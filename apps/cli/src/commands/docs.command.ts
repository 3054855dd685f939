import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { projectRoot } from '#supervisor';
import { readApiDocument, refusalsByRoute } from '../docs/api-document.js';
import { clientTypes } from '../docs/client-types.js';
import { errorsPage } from '../docs/errors-page.js';

const CLIENT_TYPES = 'openapi.ts';

export function docsCommand(): Command {
  return new Command('docs')
    .description(`write what is generated: openapi.json and errors.md in docs, ${CLIENT_TYPES} of the client`)
    .option('--check', 'write nothing; fail when a file is not as it would be written')
    .option('--dir <folder>', 'write all of them there instead')
    .action(async ({ check, dir }: { check?: true; dir?: string }) => {
      const stale: string[] = [];
      for (const [name, content] of await generate()) {
        const path = join(dir ?? homeOf(name), name);
        if ((await readFile(path, 'utf8').catch(() => undefined)) === content) continue;
        stale.push(name);
        if (!check) await writeFile(path, content);
      }
      if (check && stale.length > 0)
        throw new Error(`${stale.join(' and ')}: not as the code says; run "npm run cli -- docs"`);
      console.log(stale.length > 0 ? `written: ${stale.join(', ')}` : 'everything is as the code says');
    });
}

function homeOf(name: string): string {
  return join(projectRoot(), ...(name === CLIENT_TYPES ? ['libs', 'client', 'src'] : ['docs']));
}

async function generate(): Promise<[name: string, content: string][]> {
  const document = await readApiDocument();
  const json = `${JSON.stringify(document, null, 2)}\n`;
  return [
    ['openapi.json', json],
    ['errors.md', errorsPage(refusalsByRoute(document))],
    [CLIENT_TYPES, await clientTypes(json)],
  ];
}
