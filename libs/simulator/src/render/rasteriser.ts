import { type Camera, focalLength } from './camera.js';
import { type Mesh } from './mesh.js';

const NEAR_MM = 20;
/** Neighbouring triangles overlap by this much, so that rounding leaves no pixel between them. */
const EDGE = -1e-9;

/** A z-buffered picture in linear light. */
export class Raster {
  readonly width: number;
  readonly height: number;
  /** RGB in linear light, row by row. */
  readonly colour: Float32Array;
  /** 1/z of what is seen at each pixel, 0 where nothing is. */
  private readonly nearness: Float32Array;
  private readonly focal: number;

  constructor(camera: Camera) {
    this.width = camera.width;
    this.height = camera.height;
    this.focal = focalLength(camera);
    this.colour = new Float32Array(this.width * this.height * 3);
    this.nearness = new Float32Array(this.width * this.height);
  }

  /**
   * Draws a mesh given in the camera's frame, perspectively correct, bilinear texture times the shade of its vertices.
   * Triangles that reach behind the near plane are left out.
   */
  draw({ positions, uv, triangles, texture }: Mesh, shade: Float32Array): void {
    const count = positions.length / 3;
    const px = new Float64Array(count);
    const py = new Float64Array(count);
    const w = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const z = positions[3 * i + 2] as number;
      w[i] = z > NEAR_MM ? 1 / z : 0;
      px[i] = this.width / 2 + (this.focal * (positions[3 * i] as number)) / z - 0.5;
      py[i] = this.height / 2 + (this.focal * (positions[3 * i + 1] as number)) / z - 0.5;
    }
    for (let t = 0; t < triangles.length; t += 3) {
      const a = triangles[t] as number;
      const b = triangles[t + 1] as number;
      const c = triangles[t + 2] as number;
      if (w[a] && w[b] && w[c]) this.triangle(a, b, c, px, py, w, uv, shade, texture);
    }
  }

  // The inner loop of every picture: plain arithmetic on typed arrays, no calls.
  private triangle(
    a: number,
    b: number,
    c: number,
    px: Float64Array,
    py: Float64Array,
    w: Float64Array,
    uv: Float32Array,
    shade: Float32Array,
    texture: Mesh['texture'],
  ): void {
    const ax = px[a] as number;
    const ay = py[a] as number;
    const bx = px[b] as number;
    const by = py[b] as number;
    const cx = px[c] as number;
    const cy = py[c] as number;
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (area === 0 || Number.isNaN(area)) return;
    const { width, height, colour, nearness } = this;
    const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx)));
    const x1 = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx)));
    const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy)));
    const y1 = Math.min(height - 1, Math.floor(Math.max(ay, by, cy)));
    if (x0 > x1 || y0 > y1) return;
    const wa = w[a] as number;
    const wb = w[b] as number;
    const wc = w[c] as number;
    const ua = (uv[2 * a] as number) * wa;
    const ub = (uv[2 * b] as number) * wb;
    const uc = (uv[2 * c] as number) * wc;
    const va = (uv[2 * a + 1] as number) * wa;
    const vb = (uv[2 * b + 1] as number) * wb;
    const vc = (uv[2 * c + 1] as number) * wc;
    const sa = (shade[a] as number) * wa;
    const sb = (shade[b] as number) * wb;
    const sc = (shade[c] as number) * wc;
    const { width: tw, height: th, data } = texture;
    const inverse = 1 / area;
    const maxU = tw - 1.001;
    const maxV = th - 1.001;
    const row3 = tw * 3;
    const alphaStep = (by - cy) * inverse;
    const betaStep = (cy - ay) * inverse;
    for (let y = y0; y <= y1; y++) {
      let alpha = ((bx - x0) * (cy - y) - (by - y) * (cx - x0)) * inverse - alphaStep;
      let beta = ((cx - x0) * (ay - y) - (cy - y) * (ax - x0)) * inverse - betaStep;
      for (let x = x0; x <= x1; x++) {
        alpha += alphaStep;
        beta += betaStep;
        const gamma = 1 - alpha - beta;
        if (alpha < EDGE || beta < EDGE || gamma < EDGE) continue;
        const inv = alpha * wa + beta * wb + gamma * wc;
        const at = y * width + x;
        if (inv <= (nearness[at] as number)) continue;
        nearness[at] = inv;
        const z = 1 / inv;
        let u = (alpha * ua + beta * ub + gamma * uc) * z;
        let v = (alpha * va + beta * vb + gamma * vc) * z;
        const s = (alpha * sa + beta * sb + gamma * sc) * z;
        u = u < 0 ? 0 : u > maxU ? maxU : u;
        v = v < 0 ? 0 : v > maxV ? maxV : v;
        const ui = u | 0;
        const vi = v | 0;
        const fu = u - ui;
        const fv = v - vi;
        const k = vi * row3 + ui * 3;
        const w00 = (1 - fu) * (1 - fv) * s;
        const w10 = fu * (1 - fv) * s;
        const w01 = (1 - fu) * fv * s;
        const w11 = fu * fv * s;
        const o = at * 3;
        const m = k + row3;
        colour[o] =
          w00 * (data[k] as number) +
          w10 * (data[k + 3] as number) +
          w01 * (data[m] as number) +
          w11 * (data[m + 3] as number);
        colour[o + 1] =
          w00 * (data[k + 1] as number) +
          w10 * (data[k + 4] as number) +
          w01 * (data[m + 1] as number) +
          w11 * (data[m + 4] as number);
        colour[o + 2] =
          w00 * (data[k + 2] as number) +
          w10 * (data[k + 5] as number) +
          w01 * (data[m + 2] as number) +
          w11 * (data[m + 5] as number);
      }
    }
  }
}
