import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { DatabaseProbe } from '../../support/stack-database.js';

/** Every row of every table of a schema, as text and with each column of bytes as bytes. */
export async function everyRow(probe: DatabaseProbe, schema: string): Promise<Map<string, Buffer>> {
  const tables = await probe.rows<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema = $1`,
    [schema],
  );
  const contents = new Map<string, Buffer>();
  for (const { name } of tables) {
    const rows = await probe.rows<{ row: object }>(
      `SELECT to_jsonb(entry) AS row FROM "${schema}"."${name}" AS entry`,
    );
    contents.set(name, Buffer.concat(rows.flatMap(({ row }) => columnsOf(row))));
  }
  return contents;
}

/** PostgreSQL writes bytes in JSON as `\x` and hexadecimal digits. */
function columnsOf(row: object): Buffer[] {
  return Object.values(row).flatMap((value) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const hex = /^\\x((?:[0-9a-f]{2})*)$/.exec(text)?.[1];
    return [Buffer.from(`${text}\n`), ...(hex ? [Buffer.from(hex, 'hex')] : [])];
  });
}

/** Every key of an installation in Redis, with its value. */
export async function everyKey(url: string, prefix: string): Promise<Buffer> {
  const redis = new Redis(url);
  try {
    const parts: Buffer[] = [];
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 }) as AsyncIterable<
      string[]
    >)
      for (const key of keys) parts.push(Buffer.from(`${key}\n`), ...(await valueOf(redis, key)));
    return Buffer.concat(parts);
  } finally {
    redis.disconnect();
  }
}

/** By type, because DUMP may compress. */
async function valueOf(redis: Redis, key: string): Promise<Buffer[]> {
  const type = await redis.type(key);
  switch (type) {
    case 'none':
      return [];
    case 'string':
      return [(await redis.getBuffer(key)) ?? Buffer.alloc(0)];
    case 'hash':
      return Object.entries(await redis.hgetallBuffer(key)).flatMap(([field, value]) => [
        Buffer.from(field),
        value,
      ]);
    case 'list':
      return redis.lrangeBuffer(key, 0, -1);
    case 'set':
      return redis.smembersBuffer(key);
    case 'zset':
      return redis.zrangeBuffer(key, 0, -1);
    case 'stream':
      return (await redis.xrangeBuffer(key, '-', '+')).flatMap(([id, fields]) => [id, ...fields]);
    default:
      throw new Error(`A value of type ${type} cannot be searched`);
  }
}

/** Names and contents of every file below a folder. */
export async function everyFile(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)));
}
