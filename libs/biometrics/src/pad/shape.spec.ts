import { measureForeshortening } from './foreshortening.js';
import { type LivenessFrame } from './frames.js';
import { measurePlanarity } from './planarity.js';
import { look, SURFACES } from './testing/scene.js';

const turned = (surface: keyof typeof SURFACES, yaws: readonly number[], belief = 1): LivenessFrame[] =>
  yaws.map((yaw, index) =>
    look(SURFACES[surface], { yaw, believedYaw: belief * yaw, index, textured: false }),
  );
const YAWS = [0, 15, 28, -12, -25];
const WIDE = [0, 20, 38, -30, -45];

describe('measurePlanarity (lrA)', () => {
  it('prefers a solid for a head and a plane for a picture', () => {
    expect(measurePlanarity(turned('head', YAWS))).toBeGreaterThan(1);
    expect(measurePlanarity(turned('flat', WIDE, 0.2))).toBeLessThan(-0.2);
  });

  it('measures nothing when nothing turned', () => {
    expect(measurePlanarity(turned('head', [0, 2, -3, 4]))).toBeNull();
    expect(measurePlanarity(turned('flat', [0, 5, -5], 0.2))).toBeNull();
    expect(measurePlanarity([])).toBeNull();
  });
});

describe('measureForeshortening (fore)', () => {
  it('agrees with a head', () => {
    expect(measureForeshortening(turned('head', YAWS))).toBeLessThan(0.06);
  });

  it('notices paper that turned farther than the network believes', () => {
    expect(measureForeshortening(turned('flat', WIDE, 0.35))).toBeGreaterThan(0.2);
  });

  it('does not take a nod for a change of proportions', () => {
    const frames = [0, 10, -10].map((yaw, index) => look(SURFACES.head, { yaw, index, textured: false }));
    const nodding = look(SURFACES.head, { pitch: 25, index: 3, textured: false });
    expect(measureForeshortening([...frames, nodding])).toBeCloseTo(measureForeshortening(frames) ?? NaN, 9);
  });

  it('measures nothing on two frames', () => {
    expect(measureForeshortening(turned('head', [0, 20]))).toBeNull();
  });
});
