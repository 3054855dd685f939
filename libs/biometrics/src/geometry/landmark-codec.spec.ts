import { decodeLandmarks, encodeLandmarks, LandmarkCodecError } from './landmark-codec.js';
import { type LandmarkFrame } from './landmark-frame.js';

const frame = (index: number): LandmarkFrame => ({
  index,
  width: 640,
  height: 480,
  pose: { yaw: Math.fround(0.3), pitch: Math.fround(-0.1), roll: 0 },
  landmarks: Float32Array.from({ length: 478 * 3 }, (_, i) => Math.sin(i + index) * 300),
});

describe('landmark codec', () => {
  const frames = [frame(0), frame(3), frame(11)];
  const bytes = encodeLandmarks(frames);

  it('gives back what it was given, to the bit', () => {
    expect(decodeLandmarks(bytes)).toEqual(frames);
    expect(decodeLandmarks(encodeLandmarks([]))).toEqual([]);
    // A view into a larger buffer, at an odd offset, reads the same.
    const padded = new Uint8Array(bytes.length + 7);
    padded.set(bytes, 3);
    expect(decodeLandmarks(padded.subarray(3, 3 + bytes.length))).toEqual(frames);
  });

  it('has a frozen layout', () => {
    expect([...bytes.subarray(0, 14)]).toEqual([0x53, 0x42, 0x4c, 1, 3, 0, 222, 1, 0, 0, 128, 2, 224, 1]);
    expect(bytes).toHaveLength(8 + 3 * (6 + 4 * (3 + 478 * 3)));
  });

  it('refuses every truncation, other versions, and what is too long', () => {
    for (const length of [0, 3, 7, 8, 100, bytes.length - 1])
      expect(() => decodeLandmarks(bytes.subarray(0, length))).toThrow(LandmarkCodecError);
    expect(() => decodeLandmarks(Uint8Array.of(...bytes, 0))).toThrow(LandmarkCodecError);
    expect(() => decodeLandmarks(bytes.map((byte, i) => (i === 3 ? 2 : byte)))).toThrow(LandmarkCodecError);
  });

  it.each<[string, Partial<LandmarkFrame>]>([
    ['landmarks that are not finite', { landmarks: frame(0).landmarks.map((v, i) => (i === 5 ? NaN : v)) }],
    ['too few landmarks', { landmarks: new Float32Array(468 * 3) }],
    ['no size', { width: 0 }],
    ['a size beyond 16 bits', { height: 70_000 }],
    ['a broken index', { index: 1.5 }],
    ['a pose that is not finite', { pose: { yaw: Infinity, pitch: 0, roll: 0 } }],
  ])('does not store %s', (_, part) => {
    expect(() => encodeLandmarks([{ ...frame(0), ...part }])).toThrow(LandmarkCodecError);
  });

  it('does not read values that are not finite', () => {
    const altered = Uint8Array.from(bytes);
    new DataView(altered.buffer).setFloat32(8 + 6 + 12, NaN, true);
    expect(() => decodeLandmarks(altered)).toThrow(LandmarkCodecError);
  });
});
