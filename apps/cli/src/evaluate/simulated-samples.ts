import type { CastMember } from '../simulation/cast.js';
import { type OrderOptions, ordersOf } from '../simulation/orders.js';
import { renderOrder } from '../simulation/render-order.js';
import type { CaptureMeter } from './capture-meter.js';
import { GenuineWindow } from './genuine-window.js';
import { meshErrorMm } from './mesh-error.js';
import type { PadSample } from './pad-samples.js';

export interface SimulationOptions extends OrderOptions {
  readonly log: (line: string) => void;
}

/** Renders and measures one order after the other. */
export async function simulatedSamples(
  meter: CaptureMeter,
  cast: readonly CastMember[],
  { log, ...options }: SimulationOptions,
): Promise<PadSample[]> {
  const samples: PadSample[] = [];
  const window = new GenuineWindow();
  for (const order of ordersOf(cast, options)) {
    const { member, kind } = order;
    const { device: camera, ambientLux = null, challenge, flash = null } = order.options;
    const { label, species = null, frames } = await renderOrder(meter.inference, order);
    const { halt, signals, parallax, mesh, ...traces } = await meter.measure(
      frames.map(({ jpeg }) => jpeg),
      challenge,
      frames.map(({ tMs }) => tMs),
      flash,
    );
    samples.push({
      synthetic: true,
      label,
      species,
      source: member.name,
      camera,
      ambientLux,
      challenge,
      flash: flash !== null,
      halt,
      signals: signals && { ...signals, ...window.compare(traces, kind === 'live') },
      relief: parallax?.reliefRms ?? null,
      meshErrorMm: mesh && kind === 'live' ? meshErrorMm(mesh, member.subject.head) : null,
    });
    if (samples.length % 25 === 0) log(`${order.id}: ${samples.length} captures`);
  }
  return samples;
}
