import { encodeDepthPng, encodeOverlay } from '#artifacts';
import { priorDepth, type PriorDepthMap, reconstructParallax } from '#biometrics';
import { bestFrame } from './best-frame.js';
import { decodeMatching } from './decode-matching.js';
import { type Artifact, type CaptureFrame, type DepthResult } from './results.js';
import { timed } from './timed.js';

/** Measures depth across frames and, if asked, draws depth as a network guessed it for the best frame, or else as its landmarks suggest. */
export async function depthTask(
  frames: readonly CaptureFrame[],
  withArtifacts: boolean,
  prior: PriorDepthMap | null = null,
): Promise<DepthResult> {
  const best = bestFrame(frames);
  const [measured, parallax] = await timed(() => reconstructParallax(frames));
  const [artifacts, drawing] = await timed(() =>
    withArtifacts ? draw(best, prior ?? priorDepth(best)) : [],
  );
  return { measured, bestFrame: best.index, artifacts, timingsMs: { parallax, artifacts: drawing } };
}

async function draw(frame: CaptureFrame, prior: PriorDepthMap): Promise<Artifact[]> {
  const image = await decodeMatching(frame);
  return [
    { name: 'depth.png', mediaType: 'image/png', bytes: await encodeDepthPng(prior) },
    {
      name: 'overlay.png',
      mediaType: 'image/png',
      bytes: await encodeOverlay(image, frame.landmarks, 'png'),
    },
  ];
}
