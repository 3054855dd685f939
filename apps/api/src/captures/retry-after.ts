import { isInFlight, type CaptureQueue, type CaptureView, type Place } from '#captures';

/** Nobody should come later than this, even when the estimate is gloomy. */
const MOST_SECONDS = 30;
/** While a person is still before the camera. */
const BEFORE_SUBMISSION_SECONDS = 2;

/** `Retry-After` of a capture on its way to its decision: when that is due. */
export function retryAfter({ etaSeconds }: Place): string {
  return String(Math.min(etaSeconds, MOST_SECONDS));
}

/** `Retry-After` of any capture that has not ended. */
export async function retryAfterReading({ id, state }: CaptureView, queue: CaptureQueue): Promise<string> {
  return isInFlight(state) ? retryAfter(await queue.placeOf(id)) : String(BEFORE_SUBMISSION_SECONDS);
}
