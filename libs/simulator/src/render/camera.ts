/** A pinhole camera at the origin, looking along +z; x to the right, y down; millimetres. */
export interface Camera {
  readonly width: number;
  readonly height: number;
  /** Horizontal field of view in degrees. */
  readonly fovDeg: number;
}

export const WEBCAM: Camera = { width: 640, height: 480, fovDeg: 60 };
export const PHONE: Camera = { width: 640, height: 480, fovDeg: 70 };

/** Focal length in pixels. */
export function focalLength({ width, fovDeg }: Camera): number {
  return width / 2 / Math.tan((fovDeg * Math.PI) / 360);
}
