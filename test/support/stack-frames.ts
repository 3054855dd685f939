import { framesFrom, samplePortrait } from '#simulator';

let portrait: Promise<Buffer[]> | undefined;

/** Frames the real networks accept, of always the same face: the least number a submission may have. */
export function portraitFrames(): Promise<Buffer[]> {
  portrait ??= samplePortrait().then((jpeg) => framesFrom(jpeg, 5));
  return portrait;
}
