import { type Random } from '../random.js';

/** A slow, smooth, aimless motion. */
export type Sway = (tMs: number) => number;

/** Sums three slow sinusoids (0.15 to 1.1 Hz), as bodies and hands move when they try to keep still. */
export function sway(random: Random, deviation: number): Sway {
  const waves = [0.15, 0.45, 1.1].map((hertz) => ({
    speed: (2 * Math.PI * hertz * random.between(0.7, 1.3)) / 1000,
    phase: random.between(0, 2 * Math.PI),
    size: deviation * random.between(0.6, 1.1),
  }));
  return (tMs) =>
    waves.reduce((sum, { speed, phase, size }) => sum + size * Math.sin(speed * tMs + phase), 0);
}
