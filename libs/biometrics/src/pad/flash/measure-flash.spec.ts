import { DEFAULT_PAD_THRESHOLDS } from '../../policy/pad-thresholds.js';
import { judgeForeignLight, judgeScreenLight } from './judge-flash.js';
import { type ColourFrame, measureFlash } from './measure-flash.js';
import { drawFlash, FLASH_FRAMES, type FlashColour } from './sequence.js';
import { litFace } from './testing/lit-face.js';

/** Reproducible sequences, other ones than those that stand for chance. */
function sequence(seed: number): FlashColour[] {
  let state = seed * 7_919 + 13;
  return drawFlash(FLASH_FRAMES, (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  });
}

const SHOWN = sequence(1);
const OTHER = sequence(2);
const judge = (frames: readonly ColourFrame[], colours: readonly string[] = SHOWN) => {
  const flash = measureFlash(frames, colours);
  return {
    flash,
    foreign: judgeForeignLight(flash, DEFAULT_PAD_THRESHOLDS),
    readable: judgeScreenLight(flash, DEFAULT_PAD_THRESHOLDS),
  };
};

describe('a face in the light of the screen', () => {
  it.each([0.01, 0.05, 0.2, 0.5])('is recognised when the screen gives %p of the light', (gain) => {
    const { flash, foreign, readable } = judge(litFace(SHOWN, { gain }));
    expect([foreign, readable]).toEqual(['passed', 'passed']);
    expect(flash).toMatchObject({ frames: 10, p: 1 / 1001, lag: 0, sectors: 6 });
    expect(flash.gain).toBeGreaterThan(0.5 * gain);
    expect(flash.gain).toBeLessThan(gain);
  });

  it.each([0.5, 1])('is recognised by a camera that is %p frames late', (lag) => {
    expect(judge(litFace(SHOWN, { gain: 0.1, lag }))).toMatchObject({ flash: { lag }, readable: 'passed' });
  });

  it('is recognised while the camera changes its mind about white', () => {
    expect(judge(litFace(SHOWN, { gain: 0.03, drift: 1.2 })).readable).toBe('passed');
  });

  it('is recognised in eight of ten frames, and in fewer nothing is read', () => {
    const frames = litFace(SHOWN, { gain: 0.1 });
    const without = (...places: number[]) => frames.filter(({ index }) => !places.includes(index));
    expect(judge(without(2, 5)).readable).toBe('passed');
    const { flash, foreign, readable } = judge(without(0, 2, 5));
    expect(flash).toMatchObject({ frames: 7, p: null, gain: null });
    expect([foreign, readable]).toEqual(['unmeasured', 'failed']);
  });
});

describe('what is not a face in the light of this screen', () => {
  it('shows the colours of another sequence: that is another screen', () => {
    for (let seed = 2; seed < 12; seed++) {
      const { flash, readable } = judge(litFace(sequence(seed), { gain: 0.2 }));
      expect(readable).toBe('failed');
      expect(flash.chromaRms).toBeGreaterThan(0.03);
    }
    expect(judge(litFace(OTHER, { gain: 0.2 })).foreign).toBe('failed');
  });

  it('shows no colours at all: unreadable, and nobody is accused', () => {
    const { foreign, readable } = judge(litFace(SHOWN, { gain: 0 }));
    expect([foreign, readable]).toEqual(['passed', 'failed']);
  });

  it.each([
    ['glass', { gain: 0.1, surface: 'glass' }],
    ['something flat', { gain: 0.2, surface: 'flat' }],
    ['the whole room', { gain: 0.2, background: 0.9 }],
  ] as const)('is %s', (_, lighting) => {
    expect(judge(litFace(SHOWN, lighting))).toMatchObject({ foreign: 'passed', readable: 'failed' });
  });

  it('passes for chance about as often as p says', () => {
    const passed = Array.from({ length: 80 }, (_, i) =>
      judge(litFace(sequence(i + 50), { gain: 0.2, seed: i })),
    ).filter(({ flash }) => (flash.p ?? 1) <= 0.05);
    // 4 expected; a tail of one in a hundred thousand lies at 15.
    expect(passed.length).toBeLessThan(15);
  });
});

it('gives the same numbers for the same frames', () => {
  const frames = litFace(SHOWN, { gain: 0.05 });
  expect(measureFlash(frames, SHOWN)).toEqual(measureFlash(frames, SHOWN));
});

it('measures nothing where too little of the face or of what is behind can be read', () => {
  const frames = litFace(SHOWN, { gain: 0.1 });
  const blank = (part: 'skin' | 'cells') =>
    frames.map(({ index, sample }) => ({
      index,
      sample: { ...sample, [part]: sample[part].map(() => NaN) },
    }));
  expect(measureFlash(blank('skin'), SHOWN).p).toBeNull();
  expect(measureFlash(blank('cells'), SHOWN).p).toBeNull();
});
