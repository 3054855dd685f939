import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InferencePool } from '#inference';
import type { CastMember } from '../simulation/cast.js';
import { type Order, ordersOf } from '../simulation/orders.js';
import { renderOrder } from '../simulation/render-order.js';
import { writeCapture } from '../simulation/write-capture.js';
import { recordedCapture } from './recorded-samples.js';
import type { SimulationOptions } from './simulated-samples.js';

/** Renders one order after the other into folders of `directory`, and goes on where an earlier run of the same options stopped. */
export async function recordSimulation(
  inference: InferencePool,
  cast: readonly CastMember[],
  directory: string,
  { log, ...options }: SimulationOptions,
): Promise<number> {
  const orders = ordersOf(cast, options);
  for (const [done, order] of orders.entries()) {
    const folder = join(directory, order.id);
    const { device: camera, ambientLux } = order.options;
    if (!(await isRecorded(order, join(folder, 'capture.json'))))
      await writeCapture(await renderOrder(inference, order), folder, {
        source: order.member.name,
        camera,
        ...(ambientLux && { ambientLux }),
      });
    if ((done + 1) % 25 === 0) log(`${done + 1} of ${orders.length} captures`);
  }
  return orders.length;
}

/** @throws Error when the folder holds a capture of other options */
async function isRecorded({ member, options }: Order, path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return false;
  const { source, seed, frames } = recordedCapture.parse(JSON.parse(text));
  const flashes = frames.some(({ flash }) => flash !== undefined);
  if (source !== member.name || seed !== options.seed || flashes !== (options.flash !== undefined))
    throw new Error(`${path} was recorded with other options: choose another directory`);
  return true;
}
