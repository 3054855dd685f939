import type { StreamLimit } from '#captures';
import type { Metrics } from '#observability';

const LIMITS = ['process', 'tenant'] as const satisfies readonly StreamLimit[];

/** The event streams of this process: how many are open, and how many found no place. */
export class StreamMetrics {
  readonly refused: (limit: StreamLimit) => void;

  constructor(private readonly metrics: Metrics) {
    const refusals = metrics.counter(
      'sb_event_streams_refused_total',
      'Event streams refused because as many as allowed were open at this process, in all or of one tenant.',
      { limit: LIMITS },
      LIMITS.map((limit) => ({ limit })),
    );
    this.refused = (limit) => refusals({ limit });
  }

  /** @param streams of this process */
  measure(streams: { readonly size: number }): void {
    this.metrics.gauge('sb_event_streams', 'Event streams open at this process.', {}, () => [
      { labels: {}, value: streams.size },
    ]);
  }
}
