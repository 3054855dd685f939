import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { framesFrom, jawWarp, samplePortrait } from '#simulator';
import { builtEntry } from '#supervisor';
import { type BenchReport, quotient, report, summarise } from './report.js';

const FRAMES = 8;
const WARM_UP = 3;
const ROUNDS = 15;

interface Answer {
  readonly ms: number;
  readonly faces: number;
}

/** The same frames through our extraction and through `@vladmandic/human`, turn by turn, each in one process with one WASM thread. */
export async function compareSuite(modelsDir: string): Promise<BenchReport> {
  const frames = (await framesFrom(await jawWarp(await samplePortrait(), 'widened'), FRAMES)).map((frame) =>
    frame.toString('base64'),
  );
  const children: ChildProcess[] = [];
  const start = async (entry: string): Promise<ChildProcess> => {
    const env = { ...process.env, MODELS_DIR: modelsDir };
    const child = fork(builtEntry(entry), { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    children.push(child);
    await answer(child);
    return child;
  };
  try {
    const ours = await start('apps/cli/src/bench/extractor.entry.ts');
    const human = await start('apps/cli/src/bench/human.entry.ts');
    return await measure(ours, human, frames);
  } finally {
    for (const child of children) child.kill();
  }
}

async function measure(
  ours: ChildProcess,
  human: ChildProcess,
  frames: readonly string[],
): Promise<BenchReport> {
  const times = { ours: [] as number[], human: [] as number[] };
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const mine = await ask(ours, frames);
    const theirs = await ask(human, frames);
    if (mine.faces < FRAMES || theirs.faces < FRAMES) {
      throw new Error(
        `Only frames with a face in each can be compared (found ${mine.faces} and ${theirs.faces} of ${FRAMES})`,
      );
    }
    if (round < WARM_UP) continue;
    times.ours.push(mine.ms);
    times.human.push(theirs.ms);
  }
  return report(
    'compare',
    [
      summarise('extraction of 8 frames 640x480', 'ms', times.ours),
      summarise('@vladmandic/human on the same frames', 'ms', times.human),
    ],
    [quotient('@vladmandic/human / extraction', times.human, times.ours)],
  );
}

async function ask(child: ChildProcess, frames: readonly string[]): Promise<Answer> {
  child.send([...frames]);
  return (await answer(child)) as Answer;
}

/** @throws Error when the process ends instead of answering */
async function answer(child: ChildProcess): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  const gone = once(child, 'exit', { signal }).then(() =>
    Promise.reject(new Error('The measured process ended')),
  );
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), gone])) as [unknown];
    return message;
  } finally {
    gone.catch(() => undefined);
    settled.abort();
  }
}
