/** A part of a frame in whole pixels. */
export interface FrameBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Depth guessed from one picture. A photograph of a face yields a face-shaped map as well, so this is for people and the
 * mesh and says nothing about whether somebody was there.
 */
export interface PriorDepthMap {
  readonly source: 'prior';
  readonly method: 'landmarks' | 'network';
  /** `mm`: millimetres behind the nearest point, scale assumed; `relative`: 0 … 1 as the network orders it. */
  readonly unit: 'mm' | 'relative';
  readonly width: number;
  readonly height: number;
  /** Row by row, `width * height` values; NaN where nothing is known. */
  readonly depth: Float32Array;
  /** The part of the frame the map covers. */
  readonly box: FrameBox;
}
