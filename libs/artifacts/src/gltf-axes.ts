/** Image axes (y down, z away) to glTF's (y up, z towards the viewer): half a turn about x. */
export function upright(points: Float32Array, scale: number): Float32Array {
  return points.map((value, i) => (i % 3 === 0 ? value : -value) * scale);
}

/** The same triangles seen in axes whose y points up: glTF and OBJ take counterclockwise ones for fronts. */
export function counterclockwise(triangles: readonly number[]): Uint16Array {
  return Uint16Array.from(triangles, (_, i) => {
    const swapped = i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1;
    return triangles[swapped] as number;
  });
}
