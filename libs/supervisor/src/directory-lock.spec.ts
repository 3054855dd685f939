import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { DirectoryInUseError, lockDirectory } from './directory-lock.js';

describe('the lock of a directory', () => {
  let directory: string;
  const onLost = (): void => undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lock-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is held by one, and names the holder', async () => {
    const release = await lockDirectory(directory, { onLost });
    const refusal = await lockDirectory(directory, { onLost, label: 'data' }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(DirectoryInUseError);
    expect((refusal as Error).message).toContain(`data is in use by process ${process.pid}:`);
    await release();
    await (
      await lockDirectory(directory, { onLost })
    )();
  });

  it('goes to exactly one of many that want it at once', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => lockDirectory(directory, { onLost })),
    );
    const held = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(held).toHaveLength(1);
    await held[0]?.value();
  });

  it("waits while a dead owner's lock is still there, and takes it when it goes", async () => {
    const release = await lockfile.lock(directory, {
      lockfilePath: join(directory, 'lock'),
      realpath: false,
    });
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    await writeFile(join(directory, 'lock.json'), JSON.stringify({ pid: dead }));
    setTimeout(() => void release(), 300);
    await (
      await lockDirectory(directory, { onLost })
    )();
  });

  it('stops waiting when told to', async () => {
    const release = await lockfile.lock(directory, {
      lockfilePath: join(directory, 'lock'),
      realpath: false,
    });
    const call = new AbortController();
    setTimeout(() => call.abort(), 200);
    await expect(lockDirectory(directory, { onLost, signal: call.signal })).rejects.toThrow('aborted');
    await release();
  });
});
