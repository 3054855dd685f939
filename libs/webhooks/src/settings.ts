/** How deliveries are made; durations in milliseconds. */
export interface WebhookSettings {
  /** Of one attempt, from the look-up of the name to the end of the answer. */
  readonly timeoutMs: number;
  /** Pause behind each failed attempt; after the last one the delivery has failed. */
  readonly retryMs: readonly number[];
  /** An endpoint that has failed for so long without a success is disabled. */
  readonly disableAfterMs: number;
  /** Deliveries to one endpoint at a time, so that a slow one holds nobody else back. */
  readonly perEndpoint: number;
}

/** No receiver can ask for a longer pause than the longest of the schedule. */
export const MAX_RETRY_AFTER_MS = 86_400_000;
