/** Terminals, npm and the runner may each deliver the same Ctrl-C; a second one that counts comes later than this. */
const SAME_KEYSTROKE_MS = 700;

/**
 * Calls `stop` on the first SIGINT, SIGTERM or SIGHUP, or when the channel to a parent closes, and `hurry` on the next
 * signal of a person who no longer wants to wait.
 *
 * @returns a function that gives the signals back to Node
 */
export function onStopSignals(stop: () => void, hurry: () => void): () => void {
  let first: number | undefined;
  const onSignal = (): void => {
    if (first === undefined) {
      first = Date.now();
      stop();
    } else if (Date.now() - first > SAME_KEYSTROKE_MS) hurry();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  if (process.channel) process.on('disconnect', stop);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    process.off('disconnect', stop);
  };
}
