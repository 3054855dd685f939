import { DEFAULT_PAD_THRESHOLDS } from '../policy/index.js';
import { type Action } from './challenge.js';
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
  return judgeLiveness({ ...signals, consistency: 0.7, nearDuplicates: 0 }, DEFAULT_PAD_THRESHOLDS);
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
});
