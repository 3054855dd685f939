import { type PriorDepthMap, type RgbImage } from '#biometrics';

/** Guesses depth from one picture. The result is for people and the mesh: a photograph of a face gets a face's depth too. */
export interface DepthEstimator {
  /** Depth of every pixel, `unit: 'relative'`, 0 … 1 as the network orders it. */
  estimate(image: RgbImage): Promise<PriorDepthMap>;
  dispose(): void;
}
