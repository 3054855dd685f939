import { crossCheckedFrames } from './cross-check.js';

const frame = (index: number, yaw: number) => ({ index, pose: { yaw, pitch: 0, roll: 0 } });
const TEN = [0, 0.1, 0.4, 0.2, 0.3, 0.5, 0.1, 0.2, 0.5, 0.4].map((yaw, index) => frame(index, yaw));

describe('crossCheckedFrames', () => {
  it('takes the most frontal frame of every third that is not the template’s own', () => {
    expect(crossCheckedFrames(TEN, [0, 1, 6], 10)).toEqual([3, 4, 7]);
  });

  it('leaves no third out, however the template’s frames lie', () => {
    for (const chosen of [[0], [1, 2, 3], [7, 8, 9], [4, 5, 6], [0, 4, 9]]) {
      const checked = [...chosen, ...crossCheckedFrames(TEN, chosen, 10)];
      for (const [from, to] of [
        [1, 3],
        [4, 6],
        [7, 9],
      ] as const)
        expect(checked.some((index) => index >= from && index <= to)).toBe(true);
    }
  });

  it('does with what there is', () => {
    expect(crossCheckedFrames([frame(0, 0), frame(4, 0.1)], [0], 5)).toEqual([4]);
    expect(crossCheckedFrames([frame(0, 0)], [0], 1)).toEqual([]);
  });
});
