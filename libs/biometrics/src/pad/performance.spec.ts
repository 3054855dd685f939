import { canonicalFace } from '../geometry/index.js';
import { type Action } from './challenge.js';
import { type LivenessFrame } from './frames.js';
import { measureActions } from './performance.js';
import { framesPrescribedFor, prescribedAction, prescribedSlots } from './prescribed-frames.js';

interface Look {
  readonly yaw?: number;
  readonly pitch?: number;
  readonly lids?: number;
  readonly lips?: number;
  readonly scale?: number;
}

const UPPER = [160, 158, 385, 387];
const LOWER = [153, 144, 373, 380];

/** The canonical face with open eyes and closed lips, then as asked; lids and lips in millimetres of gap. */
function frame(
  index: number,
  { yaw = 0, pitch = 0, lids = 10, lips = 0, scale = 1 }: Look = {},
): LivenessFrame {
  const landmarks = canonicalFace();
  const place = (points: readonly number[], anchor: number, offset: number): void =>
    points.forEach((i) => (landmarks[3 * i + 1] = (landmarks[3 * anchor + 1] as number) + offset));
  place(UPPER, 33, -lids / 2);
  place(LOWER, 33, lids / 2);
  place([14], 13, lips);
  landmarks[3 * 14 + 2] = landmarks[3 * 13 + 2] as number;
  const pose = { yaw: (yaw * Math.PI) / 180, pitch: (pitch * Math.PI) / 180, roll: 0 };
  const gray = { width: 1, height: 1, data: new Uint8Array(1) };
  return { index, tMs: 0, gray, pose, landmarks: landmarks.map((value) => value * scale) };
}

const capture = (looks: readonly Look[]): { frameCount: number; frames: LivenessFrame[] } => ({
  frameCount: looks.length,
  frames: looks.map((look, index) => frame(index, look)),
});
const extent = (looks: readonly Look[], actions: readonly Action[], place = 0): number | null =>
  measureActions(capture(looks), actions)[place]?.extent ?? null;

describe('the prescribed frames', () => {
  it('each have an action and, with a flash, a colour', () => {
    const colours = ['#ff7070', '#50ff50', '#6464ff', '#50ffff'] as const;
    expect(prescribedSlots(4, ['nod'], colours)).toEqual([
      { action: null, colour: '#ff7070' },
      { action: 'nod', colour: '#50ff50' },
      { action: 'nod', colour: '#6464ff' },
      { action: 'nod', colour: '#50ffff' },
    ]);
    expect(prescribedSlots(2, ['nod'], null)).toEqual([
      { action: null, colour: null },
      { action: 'nod', colour: null },
    ]);
  });

  it('give every action a run of its own after the neutral frame', () => {
    const actions: Action[] = ['turn_left', 'blink', 'nod'];
    expect(Array.from({ length: 8 }, (_, i) => prescribedAction(i, 8, actions))).toEqual([
      null,
      'turn_left',
      'turn_left',
      'turn_left',
      'blink',
      'blink',
      'nod',
      'nod',
    ]);
    expect(framesPrescribedFor(1, 8, actions)).toEqual([4, 5]);
  });

  it('agree in both directions for every size of capture', () => {
    const actions: Action[] = ['nod', 'turn_right', 'blink', 'open_mouth'];
    for (let frameCount = 5; frameCount <= 12; frameCount++) {
      for (let place = 0; place < actions.length; place++) {
        const own = framesPrescribedFor(place, frameCount, actions);
        expect(own.length).toBeGreaterThan(0);
        for (const index of own) expect(prescribedAction(index, frameCount, actions)).toBe(actions[place]);
      }
    }
  });

  it('refuse a capture too short for its challenge, and an index outside it', () => {
    expect(() => prescribedAction(0, 2, ['nod', 'blink'])).toThrow(RangeError);
    expect(() => prescribedAction(8, 8, ['nod'])).toThrow(RangeError);
    expect(() => prescribedAction(1, 8, [])).toThrow(RangeError);
  });
});

describe('measureActions', () => {
  it('measures a turn to the asked side, from the most frontal frame', () => {
    const looks = [{ yaw: 3 }, { yaw: 10 }, { yaw: 23 }, { yaw: 1 }, { yaw: -18 }];
    expect(extent(looks, ['turn_left', 'turn_right'])).toBeCloseTo(22, 4);
    expect(extent(looks, ['turn_left', 'turn_right'], 1)).toBeCloseTo(19, 4);
    expect(extent(looks, ['turn_right', 'turn_left'])).toBeLessThan(0);
  });

  it('does not credit an action outside its own frames', () => {
    expect(extent([{}, {}, {}, { yaw: 25 }, { yaw: 25 }], ['turn_left', 'nod'])).toBeCloseTo(0, 4);
  });

  it('measures a nod either way', () => {
    expect(extent([{}, { pitch: -9 }, { pitch: 2 }], ['nod'])).toBeCloseTo(9, 4);
  });

  it('measures a blink against the own open eyes', () => {
    expect(extent([{}, { lids: 9 }, { lids: 3 }, {}, {}], ['blink'])).toBeCloseTo(0.3, 1);
    expect(extent([{ lids: 4 }, { lids: 4 }, { lids: 4 }], ['blink'])).toBeCloseTo(1, 4);
  });

  it('measures an opening mouth against the own closed one', () => {
    expect(extent([{}, { lips: 25 }, {}, {}, {}], ['open_mouth'])).toBeGreaterThan(0.3);
    expect(extent([{ lips: 25 }, { lips: 25 }, { lips: 25 }], ['open_mouth'])).toBeCloseTo(0, 4);
  });

  it('measures an approach, wherever it comes in the challenge', () => {
    expect(extent([{}, { scale: 1.1 }, { scale: 1.3 }, {}, {}], ['move_closer', 'nod'])).toBeCloseTo(1.3, 3);
    expect(extent([{}, {}, {}, { scale: 1.3 }, {}], ['nod', 'move_closer'], 1)).toBeCloseTo(1.3, 3);
  });

  it('has no extent when none of the prescribed frames is usable', () => {
    const { frames } = capture([{}, {}, {}, { yaw: 20 }, { yaw: 20 }]);
    const unusable = { frameCount: 5, frames: frames.slice(0, 3) };
    expect(measureActions(unusable, ['nod', 'turn_left'])[1]?.extent).toBeNull();
    expect(measureActions({ frameCount: 0, frames: [] }, ['nod'])).toEqual([{ action: 'nod', extent: null }]);
  });
});
