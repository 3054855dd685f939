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

/** Where a camera is held when a webcam would be at `mm`: a wider lens is held closer, so that the face fills about the same part of the picture. */
export function distanceFor(camera: Camera, mm: number): number {
  return ((mm * focalLength(camera)) / 554) * (WEBCAM.width / camera.width);
}
