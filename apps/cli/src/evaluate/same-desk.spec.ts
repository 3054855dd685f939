import { canonicalFace } from '#biometrics';
import { createSubject } from '#simulator';
import { sameDesk } from './same-desk.js';

/** No network needed: the canonical face in a drawn portrait. A quarter of the resolution still has a pixel for each cell of a projection. */
it('a genuine person who verifies 200 times from the same desk is never called a replay', async () => {
  const [width, height] = [240, 280];
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    data[i] = 150 + 18 * Math.sin(0.7 * x) * Math.cos(0.5 * y) + 30 * Math.sin(0.11 * x + 0.07 * y);
  }
  const landmarks = canonicalFace().map((value, i) => value + ([120, 115, 0][i % 3] ?? 0));
  const subject = await createSubject({ width, height, data }, { landmarks }, 1);
  const report = await sameDesk(subject, {
    captures: 200,
    seed: 9000,
    resolution: 0.25,
    log: () => undefined,
  });
  expect(report).toMatchObject({ synthetic: true, captures: 200, calledReplay: 0 });
  // That every capture was compared in both ways: what is never alike at all was not looked at.
  expect(report.alikeFrames.reduce((sum, count) => sum + count, 0)).toBe(200);
  expect(report.trajectoryDistance.p50).toBeLessThan(0.5);
  expect(report.trajectoryDistance.least).toBeGreaterThan(report.minTrajectoryDistance);
});
