import { type LivenessFrame } from '../frames.js';
import { look, SURFACES, type View } from '../testing/scene.js';
import { measureFlow } from './flow.js';

const YAWS = [0, 22, -18, 15];
const turned = (surface: keyof typeof SURFACES, view: View = {}): LivenessFrame[] =>
  YAWS.map((yaw, index) => look(SURFACES[surface], { yaw, index, seed: index + 1, ...view }));

describe('measureFlow', () => {
  const [head, flat, bent] = (['head', 'flat', 'bent'] as const).map((surface) =>
    measureFlow(turned(surface)),
  );

  it('follows most points of a textured surface', () => {
    for (const findings of [head, flat, bent]) expect(findings?.tracks).toBeGreaterThan(60);
  });

  it('leaves the parallax of a head in both residuals', () => {
    expect(head?.tH).toBeGreaterThan(0.018);
    expect(head?.tQ).toBeGreaterThan(0.0098);
  });

  it('explains a flat picture by a homography, however the network deepens it', () => {
    expect(flat?.tH).toBeLessThan(0.002);
    expect(flat?.tQ).toBeLessThan(0.002);
  });

  it('explains a bent picture by a quadratic warp', () => {
    expect(bent?.tQ).toBeLessThan(0.003);
    expect(bent?.tH).toBeGreaterThan(flat?.tH ?? NaN);
  });

  it('is the same at another distance', () => {
    const far = measureFlow(turned('head', { distanceMm: 650 }));
    expect(far.tH).toBeGreaterThan(0.018);
    expect(measureFlow(turned('flat', { distanceMm: 650 })).tH).toBeLessThan(0.002);
  });

  it('measures nothing without texture', () => {
    expect(measureFlow(turned('head', { textured: false }))).toEqual({ tH: null, tQ: null, tracks: 0 });
  });

  it('measures on one turned frame, if there are no more', () => {
    expect(measureFlow(turned('head').slice(0, 2)).tH).toBeGreaterThan(0.018);
  });

  it('measures nothing unless some frame is turned, whatever the others show', () => {
    const still = [0, 1, -1, 2].map((yaw, index) => look(SURFACES.head, { yaw, index }));
    expect(measureFlow(still)).toEqual({ tH: null, tQ: null, tracks: null });
    expect(measureFlow([])).toEqual({ tH: null, tQ: null, tracks: null });
  });
});
