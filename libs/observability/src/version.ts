import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version in the nearest package.json upwards: the product's, whether this runs from source or from dist. */
export function productVersion(from: string = import.meta.dirname): string {
  const manifest = join(from, 'package.json');
  if (existsSync(manifest))
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
  const parent = dirname(from);
  if (parent === from) throw new Error('No package.json above the code: the installation is incomplete.');
  return productVersion(parent);
}
