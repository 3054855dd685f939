import { ENROLMENT_FLOORS, failedComponent, type FaceQuality, VERIFICATION_FLOORS } from '#biometrics';
import type { InferencePool, PhotographExtraction } from '#inference';
import type { EvaluatedImage } from './gallery.js';
import type { LabelledPicture } from './manifest.js';
import type { TemplateCache } from './template-cache.js';

const DEADLINE_MS = 60_000;

export interface AcquireOptions {
  /** Pictures worked on at a time. */
  readonly concurrency: number;
  /** Without one everything is extracted anew. */
  readonly cache: TemplateCache | null;
  readonly onProgress: (done: number, cached: number) => void;
}

/** Extracts a template from every picture, in the order given; only templates stay in memory. */
export async function acquire(
  pool: Pick<InferencePool, 'photograph'>,
  pictures: readonly LabelledPicture[],
  { concurrency, cache, onProgress }: AcquireOptions,
): Promise<EvaluatedImage[]> {
  const images = new Array<EvaluatedImage>(pictures.length);
  let [next, done, cached] = [0, 0, 0];
  const work = async (): Promise<void> => {
    for (let at = next++; at < pictures.length; at = next++) {
      const { path, identity, groups, read } = pictures[at] as LabelledPicture;
      const bytes = await read();
      const known = (await cache?.get(bytes)) ?? null;
      const found = known ?? (await pool.photograph(bytes, { deadlineMs: DEADLINE_MS }));
      if (known) cached++;
      else await cache?.put(bytes, found);
      images[at] = { path, identity, groups, ...judge(found) };
      onProgress(++done, cached);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return images;
}

/** The gates that the default policy has for templates: what a verification would not use counts as not acquired. */
export function judge({
  status,
  template,
  quality,
}: PhotographExtraction): Pick<EvaluatedImage, 'template' | 'failure' | 'enrolmentFailure'> {
  if (status !== 'ok' || !quality) return refused(status);
  const failure = reasonOf(quality, VERIFICATION_FLOORS);
  if (failure) return refused(failure);
  return { template, failure: null, enrolmentFailure: reasonOf(quality, ENROLMENT_FLOORS) };
}

const refused = (failure: string) => ({ template: null, failure, enrolmentFailure: failure });

function reasonOf(quality: FaceQuality, floors: typeof VERIFICATION_FLOORS): string | null {
  const component = failedComponent(quality, floors);
  return component && `low_quality.${component}`;
}
