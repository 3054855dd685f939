import { LANDMARK_COUNT, type Point3, rotatePoint } from '#biometrics';
import { expressed, type Expression } from '../head/expression.js';
import { type Subject } from '../head/subject.js';
import { lambert, type Light } from '../render/light.js';
import { type Angles, rotationOf, transformPoints } from '../render/rigid.js';
import { apparentPose } from './apparent-pose.js';
import { lit, type Prop } from './prop.js';

/** A subject's stance at one moment. */
export interface Stance extends Angles {
  /** Where the midpoint of the eyes would be with the head straight, in the camera's frame: mm. */
  readonly at: Point3;
  readonly expression: Expression;
  /** 478 × (x, y, z) in mm, added to the landmarks: what faces do besides expressions. */
  readonly restlessness?: Float32Array;
}

/** Where the head turns on the neck, and the middle of the face, in the head's frame: mm. */
export const NECK: Point3 = [0, 75, 92];
const FACE: Point3 = [0, 30, 15];

/** Where the vertices of a head are seen from the camera: x, y, z in mm. */
export function headPositions({ head }: Subject, stance: Stance): Float32Array {
  const shape = expressed(head, stance.expression);
  if (stance.restlessness)
    for (let i = 0; i < 3 * LANDMARK_COUNT; i++)
      shape[i] = (shape[i] as number) + (stance.restlessness[i] as number);
  return transformPoints(shape, rotationOf(stance), NECK, stance.at);
}

/** Places head and torso before the camera. The portrait's own light stays; turning changes it as the lamp would. */
export function person(
  subject: Subject,
  stance: Stance,
  light: Light,
): { props: Prop[]; head: Prop; pose: Angles } {
  const { head, torso } = subject;
  const rotation = rotationOf(stance);
  const positions = headPositions(subject, stance);
  const straight = lambert(head.positions, head.triangles, light);
  const shade = lambert(positions, head.triangles, light).map((value, i) =>
    Math.min(1.5, Math.max(0.45, value / Math.max(0.2, straight[i] as number))),
  );
  const offset = rotatePoint(rotation, [0, FACE[1] - NECK[1], FACE[2] - NECK[2]]);
  const face: Point3 = [
    offset[0] + stance.at[0],
    offset[1] + NECK[1] + stance.at[1],
    offset[2] + NECK[2] + stance.at[2],
  ];
  const still = rotationOf({ yawDeg: 0, pitchDeg: 0, rollDeg: 0 });
  const seen: Prop = { mesh: { ...head, positions }, shade };
  return {
    head: seen,
    props: [
      seen,
      ...torso.map((mesh) =>
        lit({ ...mesh, positions: transformPoints(mesh.positions, still, [0, 0, 0], stance.at) }, light),
      ),
    ],
    pose: apparentPose(rotation, face),
  };
}
