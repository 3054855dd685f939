import { measureStillness } from './stillness.js';
import { look, SURFACES } from './testing/scene.js';

describe('measureStillness', () => {
  it('sees a head move', () => {
    const frames = [0, 4, 8, 12].map((yaw, index) => look(SURFACES.head, { yaw, index, seed: index }));
    expect(measureStillness(frames)).toBeGreaterThan(1.5);
  });

  it('sees one still pair among moving frames, under the noise of a camera', () => {
    const frames = [0, 6, 6, 12].map((yaw, index) =>
      look(SURFACES.flat, { yaw, index, seed: index, noise: 3 }),
    );
    expect(measureStillness(frames)).toBeLessThan(1.5);
  });

  it('is zero for the same picture twice', () => {
    const frame = look(SURFACES.head);
    expect(measureStillness([frame, { ...frame, index: 1 }])).toBe(0);
  });

  it('measures nothing on one frame, or on frames of different sizes', () => {
    const frame = look(SURFACES.flat);
    expect(measureStillness([frame])).toBeNull();
    const gray = { width: 2, height: 2, data: new Uint8Array(4) };
    expect(measureStillness([frame, { ...frame, gray }])).toBeNull();
  });
});
