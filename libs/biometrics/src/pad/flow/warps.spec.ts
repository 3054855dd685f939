import { trimmedResidual } from './residual.js';
import { fitHomography, fitQuadratic, type Tracks } from './warps.js';

type Map = (x: number, y: number) => [number, number];

const GRID = Array.from({ length: 49 }, (_, i) => [100 + 9 * (i % 7), 80 + 11 * Math.floor(i / 7)] as const);
const tracksOf = (map: Map): Tracks => ({
  from: Float64Array.from(GRID.flat()),
  to: Float64Array.from(GRID.flatMap(([x, y]) => map(x, y))),
});

const homography: Map = (x, y) => {
  const depth = 1 + 0.0011 * x - 0.0007 * y;
  return [(0.9 * x + 0.1 * y + 12) / depth, (-0.05 * x + 1.1 * y - 4) / depth];
};
const quadratic: Map = (x, y) => [x + 0.002 * (x - 130) ** 2, y - 0.001 * (x - 130) * (y - 110)];
const bumped: Map = (x, y) => [x + 6 * Math.exp(-((x - 127) ** 2 + (y - 113) ** 2) / 200), y];

describe('fits of a track', () => {
  it('a homography leaves nothing of a homography and something of a bend', () => {
    expect(trimmedResidual(tracksOf(homography), fitHomography)).toBeLessThan(1e-6);
    expect(trimmedResidual(tracksOf(quadratic), fitHomography)).toBeGreaterThan(0.1);
  });

  it('a quadratic warp leaves nothing of a bend and something of a bump', () => {
    expect(trimmedResidual(tracksOf(quadratic), fitQuadratic)).toBeLessThan(1e-6);
    expect(trimmedResidual(tracksOf(bumped), fitQuadratic)).toBeGreaterThan(0.1);
  });

  it('measures distances in the unit of the points', () => {
    const noisy = tracksOf((x, y) => [x + (((x * 7919 + y * 104729) % 13) - 6) / 6, y]);
    const scaled = { from: noisy.from, to: noisy.to.map((value) => 10 * value) };
    const residual = trimmedResidual(noisy, fitHomography) ?? NaN;
    expect(residual).toBeGreaterThan(0.1);
    expect(trimmedResidual(scaled, fitHomography)).toBeCloseTo(10 * residual, 6);
  });

  it('does not let a few lost tracks decide', () => {
    const tracks = tracksOf(homography);
    for (const i of [3, 17, 24, 40, 41]) tracks.to[2 * i] = (tracks.to[2 * i] ?? 0) + 30;
    expect(trimmedResidual(tracks, fitHomography)).toBeLessThan(1);
  });

  it('has no answer for points on a line', () => {
    const line: Tracks = {
      from: Float64Array.from(GRID.flatMap(([x]) => [x, 2 * x])),
      to: Float64Array.from(GRID.flatMap(([x]) => [x, 3 * x])),
    };
    expect(trimmedResidual(line, fitHomography)).toBeNull();
    expect(trimmedResidual(line, fitQuadratic)).toBeNull();
  });
});
