import { type LandmarkFrame } from './landmark-frame.js';
import { LANDMARK_COUNT, LANDMARK_STRIDE } from './landmarks.js';

/** "SBL" and the format's version: what was stored must still be readable, or refused, later. */
const HEADER = Uint8Array.of(0x53, 0x42, 0x4c, 0x01);
const START = HEADER.length + 4;
const VALUES = LANDMARK_COUNT * LANDMARK_STRIDE;
const FRAME_HEADER = 6;
const FRAME_BYTES = FRAME_HEADER + 4 * (3 + VALUES);
const MAX_U16 = 65_535;

/** Landmarks that do not fit the stored form, or bytes that are not one. */
export class LandmarkCodecError extends Error {
  override readonly name = 'LandmarkCodecError';
}

/**
 * The stored form of a capture's landmarks: `SBL` 0x01 · frames (u16) · landmarks per frame (u16) · per frame: index,
 * width, height (u16 each) · yaw, pitch, roll (float32) · 478 × (x, y, z) (float32); little-endian throughout.
 * @throws {LandmarkCodecError} unless every frame has 478 finite landmarks and its numbers fit.
 */
export function encodeLandmarks(frames: readonly LandmarkFrame[]): Uint8Array {
  if (frames.length > MAX_U16 || !frames.every(isValid))
    throw new LandmarkCodecError('the landmarks do not fit their format');
  const bytes = new Uint8Array(START + frames.length * FRAME_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(HEADER);
  view.setUint16(HEADER.length, frames.length, true);
  view.setUint16(HEADER.length + 2, LANDMARK_COUNT, true);
  frames.forEach(({ index, width, height, pose, landmarks }, f) => {
    const from = START + f * FRAME_BYTES;
    [index, width, height].forEach((value, k) => view.setUint16(from + 2 * k, value, true));
    const values = [pose.yaw, pose.pitch, pose.roll, ...landmarks];
    values.forEach((value, k) => view.setFloat32(from + FRAME_HEADER + 4 * k, value, true));
  });
  return bytes;
}

/**
 * Reads what {@link encodeLandmarks} wrote, to the bit.
 * @throws {LandmarkCodecError} on another format or version, a truncated or overlong input, or values out of range.
 */
export function decodeLandmarks(bytes: Uint8Array): LandmarkFrame[] {
  if (bytes.length < START || HEADER.some((byte, i) => bytes[i] !== byte))
    throw new LandmarkCodecError('not landmarks of a known format');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint16(HEADER.length, true);
  if (
    view.getUint16(HEADER.length + 2, true) !== LANDMARK_COUNT ||
    bytes.length !== START + count * FRAME_BYTES
  )
    throw new LandmarkCodecError('the landmarks have the wrong size');
  const frames = Array.from({ length: count }, (_, f): LandmarkFrame => {
    const from = START + f * FRAME_BYTES;
    const whole = (k: number): number => view.getUint16(from + 2 * k, true);
    const real = (k: number): number => view.getFloat32(from + FRAME_HEADER + 4 * k, true);
    return {
      index: whole(0),
      width: whole(1),
      height: whole(2),
      pose: { yaw: real(0), pitch: real(1), roll: real(2) },
      landmarks: Float32Array.from({ length: VALUES }, (_, k) => real(3 + k)),
    };
  });
  if (!frames.every(isValid)) throw new LandmarkCodecError('the landmarks are out of range');
  return frames;
}

function isValid({ index, width, height, pose, landmarks }: LandmarkFrame): boolean {
  return (
    isU16(index) &&
    isU16(width) &&
    isU16(height) &&
    width > 0 &&
    height > 0 &&
    landmarks.length === VALUES &&
    landmarks.every(Number.isFinite) &&
    [pose.yaw, pose.pitch, pose.roll].every(Number.isFinite)
  );
}

const isU16 = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= MAX_U16;
