/** The stages of a capture in the order they run; each is the name of one queue. */
export const STAGES = ['extraction', 'depth', 'mesh', 'liveness', 'decision'] as const;

export type Stage = (typeof STAGES)[number];
