import { performance } from 'node:perf_hooks';

const EVERY_MS = 1_000;

/** Tells how far an evaluation is, how fast, and how long it still takes; at most one line a second, and the last one always. */
export function progress(
  total: number,
  write: (line: string) => void,
  now: () => number = () => performance.now(),
): (done: number, cached: number) => void {
  const began = now();
  let shown = began;
  return (done, cached) => {
    if (done < total && now() - shown < EVERY_MS) return;
    shown = now();
    const seconds = (shown - began) / 1_000;
    const left = done > 0 ? Math.ceil((seconds * (total - done)) / done) : 0;
    write(
      `${done} of ${total} images (${Math.floor((100 * done) / total)} %, ${cached} from the cache), ` +
        `${(done / Math.max(seconds, 1e-3)).toFixed(1)} a second${done < total ? `, about ${left} s left` : ''}\n`,
    );
  };
}
