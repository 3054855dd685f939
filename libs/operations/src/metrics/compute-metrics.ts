import { type FaceQuality, QUALITY_COMPONENTS } from '#biometrics';
import type { Metrics } from '#observability';

/** The steps of each stage that a thread is timed at; `detect`, `mesh` and `template` of extraction and `prior` of depth are networks. */
const STEPS = {
  extraction: ['decode', 'detect', 'mesh', 'template'],
  depth: ['prior', 'parallax', 'artifacts'],
  mesh: ['fusion', 'artifacts'],
  liveness: ['decode', 'signals'],
} as const;
type ComputedStage = keyof typeof STEPS;

const POOLS = ['inference', 'analysis'] as const;
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** All components go from 0 to 100. */
const QUALITY_BUCKETS = [5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95];

/** A pool of threads as its gauges see it. */
export interface ThreadPool {
  /** Calls running or waiting. */
  readonly load: number;
}

/** What threads compute for this worker: time of the networks and of the analysis, load, and quality of frames. */
export class ComputeMetrics {
  private readonly steps;
  private readonly quality;
  private readonly pools = new Map<(typeof POOLS)[number], ThreadPool>();

  constructor(metrics: Metrics) {
    this.steps = metrics.histogram(
      'sb_compute_step_seconds',
      'Time a thread spent on one step of a stage for one capture; detect, mesh and template of extraction and prior of depth are the networks.',
      { stage: Object.keys(STEPS), step: [...new Set(Object.values(STEPS).flat())] },
      BUCKETS_S,
    );
    this.quality = QUALITY_COMPONENTS.map((component) => ({
      component,
      observe: metrics.histogram(
        `sb_frame_quality_${component}`,
        `Quality of frames with one face, 0 to 100, higher is better: ${component.replaceAll('_', ' ')}.`,
        {},
        QUALITY_BUCKETS,
      ),
    }));
    metrics.gauge(
      'sb_thread_pool_load',
      'Captures that threads of this worker compute or that wait for one.',
      { pool: POOLS },
      () => [...this.pools].map(([pool, { load }]) => ({ labels: { pool }, value: load })),
    );
  }

  watch(name: (typeof POOLS)[number], pool: ThreadPool): void {
    this.pools.set(name, pool);
  }

  /** @param timingsMs of the steps that were made */
  computed<Stage extends ComputedStage>(
    stage: Stage,
    timingsMs: Readonly<Partial<Record<(typeof STEPS)[Stage][number], number>>>,
  ): void {
    for (const step of STEPS[stage] as readonly (typeof STEPS)[Stage][number][]) {
      const ms = timingsMs[step];
      if (ms !== undefined) this.steps({ stage, step }, ms / 1_000);
    }
  }

  measured(quality: FaceQuality): void {
    for (const { component, observe } of this.quality) observe({}, quality[component]);
  }
}
