import { type Point3 } from '#biometrics';
import { type Mesh } from '../render/mesh.js';
import { type Angles, rotationOf, transformPoints } from '../render/rigid.js';
import { type Texture } from '../render/texture.js';
import { apparentPose } from './apparent-pose.js';

/** A flat or rolled thing with a picture on it: paper, or the screen of a device. */
export interface Sheet {
  readonly mesh: Mesh;
}

const COLUMNS = 48;

/**
 * A picture on a sheet around the origin, seen upright from the front.
 * @param widthMm width of the unrolled sheet; the height follows from the picture.
 * @param radiusMm radius of the cylinder it is rolled to, about the vertical and convex to the camera; none: flat.
 */
export function createSheet(picture: Texture, widthMm: number, radiusMm = Infinity): Sheet {
  const heightMm = (widthMm * picture.height) / picture.width;
  const positions: number[] = [];
  const uv: number[] = [];
  const triangles: number[] = [];
  for (let i = 0; i <= COLUMNS; i++) {
    const along = (i / COLUMNS - 0.5) * widthMm;
    const angle = along / radiusMm;
    const [x, z] = Number.isFinite(radiusMm)
      ? [radiusMm * Math.sin(angle), radiusMm * (1 - Math.cos(angle))]
      : [along, 0];
    const u = (i / COLUMNS) * (picture.width - 1);
    positions.push(x, -heightMm / 2, z, x, heightMm / 2, z);
    uv.push(u, 0, u, picture.height - 1);
    if (i > 0) triangles.push(2 * i - 2, 2 * i, 2 * i + 1, 2 * i - 2, 2 * i + 1, 2 * i - 1);
  }
  return {
    mesh: {
      positions: Float32Array.from(positions),
      uv: Float32Array.from(uv),
      triangles: Uint16Array.from(triangles),
      texture: picture,
    },
  };
}

/** The sheet turned about its middle and carried before the camera. */
export function placeSheet({ mesh }: Sheet, angles: Angles, at: Point3): { mesh: Mesh; pose: Angles } {
  const rotation = rotationOf(angles);
  return {
    mesh: { ...mesh, positions: transformPoints(mesh.positions, rotation, [0, 0, 0], at) },
    pose: apparentPose(rotation, at),
  };
}
