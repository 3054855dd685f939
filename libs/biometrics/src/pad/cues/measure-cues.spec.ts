import { type LivenessFrame } from '../frames.js';
import { measureCues } from './measure-cues.js';
import { drawn, faceInMiddle, noise } from './testing/drawn.js';

const GAMUT = { colourSpread: 1, skinSpread: 0.5, blackLevel: -3 };
const frame = (index: number, changes: Partial<LivenessFrame> = {}): LivenessFrame => {
  const random = noise(index);
  return {
    index,
    tMs: 300 * index,
    landmarks: faceInMiddle(),
    pose: { yaw: 0, pitch: 0, roll: 0 },
    gray: drawn((x, y) => 90 + 0.1 * x + 0.05 * y + 2 * random()),
    gamut: GAMUT,
    ...changes,
  };
};

describe('measureCues', () => {
  it('looks at the three most frontal frames and takes the middle of what they say', () => {
    const spread = (colourSpread: number) => ({ ...GAMUT, colourSpread });
    const cues = measureCues([
      frame(0, { pose: { yaw: 0.5, pitch: 0, roll: 0 }, gamut: spread(9) }),
      frame(1, { gamut: spread(3) }),
      frame(2, { pose: { yaw: 0.6, pitch: 0, roll: 0 }, gamut: spread(9) }),
      frame(3, { gamut: spread(1) }),
      frame(4, { gamut: spread(2) }),
    ]);
    expect(cues).toMatchObject({ colourSpread: 2, skinSpread: 0.5, blackLevel: -3 });
    expect(cues?.noise).toBeGreaterThan(1.4);
    for (const value of Object.values(cues ?? {})) expect(value).toEqual(expect.any(Number));
  });

  it('leaves out what a single grey frame cannot tell', () => {
    expect(measureCues([frame(0, { gamut: undefined })])).toMatchObject({
      colourSpread: null,
      blackLevel: null,
      noiseRepeat: null,
    });
  });

  it('is null without a frame', () => expect(measureCues([])).toBeNull());
});
