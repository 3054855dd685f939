import { type LivenessFrame } from '../frames.js';
import { meanLogSpectrum, TILE } from './spectrum.js';
import { tilesOf } from './tiles.js';

/** Below this frequency are features of the face and things in the room: cycles a pixel. */
const LOWEST = 0.05;
/** A peak stands above the neighbours so far away on both sides, in bins: beyond the window's main lobe. */
const [NEAR, FAR] = [3, 6];
/** JPEG's blocks of 8 × 8 leave peaks where both frequencies are multiples of ⅛. */
const LATTICE = TILE / 8;

const SEARCHED = searched();

/**
 * Height of the highest peak in the spectrum that face and surroundings share, in decibels above its neighbours in the same row and
 * column: what a screen's pixels leave when a camera samples them (moiré). A striped shirt or a brick wall is not on the face as well, and
 * edges are streaks, whose neighbours in one direction are as high. About 3 … 8 without a grid.
 * After Garcia and de Queiroz, "Face-spoofing 2D-detection based on Moiré-pattern analysis", IEEE TIFS 10(4), 2015.
 * @returns `null` where face or surroundings have no tile.
 */
export function measureMoire({ gray, landmarks }: Pick<LivenessFrame, 'gray' | 'landmarks'>): number | null {
  const { face, around } = tilesOf(gray, landmarks);
  if (face.length === 0 || around.length === 0) return null;
  const [on, off] = [meanLogSpectrum(gray, face), meanLogSpectrum(gray, around)];
  let highest = -Infinity;
  for (const [row, column] of SEARCHED) {
    const rise = prominence(on, row, column);
    // The second spectrum is only looked at where the first one has something new to tell.
    if (rise > highest) highest = Math.max(highest, Math.min(rise, prominence(off, row, column)));
  }
  return (10 / Math.LN10) * highest;
}

/** How far a frequency rises above the mean of its neighbours in the direction where these are higher: natural logarithm. */
function prominence(spectrum: Float64Array, row: number, column: number): number {
  let [across, down] = [0, 0];
  for (let step = NEAR; step <= FAR; step++) {
    across += at(spectrum, row, column - step) + at(spectrum, row, column + step);
    down += at(spectrum, row - step, column) + at(spectrum, row + step, column);
  }
  return at(spectrum, row, column) - Math.max(across, down) / (2 * (FAR - NEAR + 1));
}

/** The spectrum of a real picture at any frequency: what lies outside the stored half mirrors it. */
function at(spectrum: Float64Array, row: number, column: number): number {
  const mirrored = row < 0 || row > TILE / 2;
  const [y, x] = mirrored ? [row < 0 ? -row : TILE - row, -column] : [row, column];
  // TILE is a power of two.
  return spectrum[y * TILE + (x & (TILE - 1))] as number;
}

/** Rows and columns of the frequencies that a grid may have. */
function searched(): (readonly [row: number, column: number])[] {
  const found: (readonly [number, number])[] = [];
  for (let row = 0; row <= TILE / 2; row++) {
    for (let column = 0; column < TILE; column++) {
      const across = column < TILE / 2 ? column : column - TILE;
      const radius = Math.hypot(across, row) / TILE;
      if (radius >= LOWEST && radius <= 0.5 && !isLattice(across, row)) found.push([row, column]);
    }
  }
  return found;
}

function isLattice(across: number, down: number): boolean {
  const off = (bin: number): number => Math.abs(bin - LATTICE * Math.round(bin / LATTICE));
  return off(across) <= 1 && off(down) <= 1;
}
