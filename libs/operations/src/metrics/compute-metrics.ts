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
/** In each component's own unit; the first bounds lie about the limits below which a frame is refused. */
const QUALITY_BUCKETS = {
  size: [12, 24, 36, 48, 72, 96, 144, 192],
  brightness: [15, 30, 60, 90, 120, 150, 180, 210, 235],
  contrast: [4, 8, 16, 24, 32, 48, 64],
  sharpness: [3, 6, 12, 25, 50, 100, 250, 500, 1000],
  frontality: [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98],
} as const satisfies Record<keyof FaceQuality, readonly number[]>;
const QUALITY_UNITS: Record<keyof FaceQuality, string> = {
  size: 'inter-ocular distance in pixels',
  brightness: 'mean luma, 0 to 255',
  contrast: 'standard deviation of luma',
  sharpness: 'variance of the Laplacian',
  frontality: 'cos(yaw)·cos(pitch), 0 to 1',
};

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
        `Quality of frames with one face: ${QUALITY_UNITS[component]}.`,
        {},
        QUALITY_BUCKETS[component],
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
