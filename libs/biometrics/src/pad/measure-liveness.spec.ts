import { DEFAULT_PAD_THRESHOLDS } from '../policy/index.js';
import { type Action } from './challenge.js';
import { drawFlash, FLASH_FRAMES } from './flash/index.js';
import { litFace } from './flash/testing/lit-face.js';
import { judgeLiveness, type PadVerdict } from './gates.js';
import { measureLiveness } from './measure-liveness.js';
import { look, SURFACES } from './testing/scene.js';

const ACTIONS: Action[] = ['turn_left', 'nod'];
const VIEWS = [
  { yaw: 0 },
  { yaw: 16 },
  { yaw: 24 },
  { yaw: 10 },
  { yaw: 1, pitch: 5 },
  { yaw: 1, pitch: 12 },
  { yaw: -2, pitch: 3 },
];
const judge = (surface: keyof typeof SURFACES, believed = 1): PadVerdict => {
  const frames = VIEWS.map((view, index) =>
    look(SURFACES[surface], { ...view, believedYaw: believed * view.yaw, index, seed: index + 1 }),
  );
  const signals = measureLiveness({ frameCount: frames.length, frames }, ACTIONS);
  return judgeLiveness(
    { ...signals, consistency: 0.7, groupConsistency: 0.9, nearDuplicates: 0, trajectoryDistance: 1 },
    DEFAULT_PAD_THRESHOLDS,
  );
};

describe('measureLiveness and judgeLiveness', () => {
  it('let a head pass', () => {
    expect(judge('head')).toMatchObject({ failed: [], level: 'challenge' });
  });

  it('reject flat and bent paper that fooled the pose', () => {
    for (const paper of ['flat', 'bent'] as const)
      expect(judge(paper)).toMatchObject({ reason: 'presentation_attack', level: 'none' });
  });

  it('end without a verdict on paper that fooled nobody', () => {
    expect(judge('flat', 0.17).failed).toContain('challenge');
  });

  it('prove nothing before templates and earlier captures were seen', () => {
    const frames = VIEWS.map((view, index) => look(SURFACES.head, { ...view, index }));
    const signals = measureLiveness({ frameCount: frames.length, frames }, ACTIONS);
    expect(judgeLiveness(signals, DEFAULT_PAD_THRESHOLDS)).toMatchObject({ reason: null, level: 'none' });
  });

  it('read colours only into a capture with a frame for each of them', () => {
    const colours = drawFlash(FLASH_FRAMES, (n) => n - 1);
    const frames = litFace(colours, { gain: 0.1 }).map(({ index, sample }) => ({
      ...look(SURFACES.head, { yaw: 2 * index, index, textured: false }),
      colours: sample,
    }));
    const flashOf = (frameCount: number) => measureLiveness({ frameCount, frames }, ACTIONS, colours).flash;
    expect(flashOf(FLASH_FRAMES)).toMatchObject({ frames: 10, p: 1 / 1001 });
    expect(flashOf(FLASH_FRAMES - 1)).toBeNull();
    expect(flashOf(FLASH_FRAMES + 1)).toBeNull();
    expect(measureLiveness({ frameCount: FLASH_FRAMES, frames }, ACTIONS).flash).toBeNull();
  });

  it('measure the risk cues of any frames, those of colour where there is colour', () => {
    const frames = VIEWS.map((view, index) => look(SURFACES.head, { ...view, index }));
    const grey = measureLiveness({ frameCount: frames.length, frames }, ACTIONS).cues;
    expect(grey).toMatchObject({ noise: expect.any(Number) as number, colourSpread: null });
    const gamut = { colourSpread: 1.2, skinSpread: 0.8, blackLevel: -3 };
    const coloured = frames.map((frame) => ({ ...frame, gamut }));
    const { cues } = measureLiveness({ frameCount: frames.length, frames: coloured }, ACTIONS);
    expect(cues).toEqual({ ...grey, ...gamut });
  });

  it('read nothing into frames that bring no colours', () => {
    const frames = VIEWS.map((view, index) => look(SURFACES.head, { ...view, index, textured: false }));
    const colours = drawFlash(frames.length, () => 0);
    const { flash } = measureLiveness({ frameCount: frames.length, frames }, ACTIONS, colours);
    expect(flash).toMatchObject({ frames: 0, p: null, gain: null });
  });
});
