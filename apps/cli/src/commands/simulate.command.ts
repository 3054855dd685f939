import { Command, InvalidArgumentError, Option } from 'commander';
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { type Action, ACTIONS, FLASH_PALETTE, type FlashColour } from '#biometrics';
import { InferencePool } from '#inference';
import { simulateAttack, simulateLive, type SimulatedCapture, SPECIES, type Species } from '#simulator';
import { provisionModels } from '../provision-models.js';
import { castOf, doubleOf } from '../simulation/cast.js';
import { writeCapture } from '../simulation/write-capture.js';

const CAST_DEADLINE_MS = 60_000;
const SEEDS = 1_000_000_000;

interface Options {
  readonly challenge: readonly Action[];
  readonly flash?: readonly FlashColour[];
  readonly ambientLux?: number;
  readonly out: string;
  readonly person: number;
  readonly seed?: number;
  readonly attack?: Exclude<Species, 'resubmission'>;
}

export function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'render the frames of a SYNTHETIC person who performs a challenge, for trying the API without a camera',
    )
    .requiredOption('--challenge <actions>', `comma-separated: ${ACTIONS.join(', ')}`, actions)
    .option(
      '--flash <colours>',
      `comma-separated, one a frame, as the start of a capture reveals them: ${FLASH_PALETTE.join(', ')}`,
      colours,
    )
    .option(
      '--ambient-lux <lux>',
      'light of the room where there is a flash; by default drawn, 50 to 500',
      count,
    )
    .requiredOption('--out <dir>', 'folder for frame-01.jpg … and a capture.json as evaluate:pad reads it')
    .option('--person <n>', 'which of the synthetic people, from 0', count, 0)
    .option('--seed <n>', 'the same seed gives the same bytes; drawn at random without one', count)
    .addOption(
      new Option('--attack <species>', 'a presentation attack on that person instead').choices(
        SPECIES.filter((species) => species !== 'resubmission'),
      ),
    )
    .action(async (options: Options) => {
      const modelsDir = resolve(await provisionModels(process.env, (line) => console.log(line)));
      const capture = await render(modelsDir, options);
      await writeCapture(capture, options.out);
      console.log(`${capture.frames.length} synthetic frames in ${options.out}`);
    });
}

async function render(
  modelsDir: string,
  { person, attack, seed = randomInt(SEEDS), ...asked }: Options,
): Promise<SimulatedCapture> {
  const pool = await InferencePool.start({ modelsDir, threads: 1, maxQueue: 1 });
  try {
    const cast = await castOf(pool, CAST_DEADLINE_MS);
    const subject = cast[person]?.subject;
    if (!subject) throw new Error(`There are ${cast.length} people: --person 0 to ${cast.length - 1}`);
    const { challenge, flash, ambientLux } = asked;
    const options = { challenge, seed, ...(flash && { flash }), ...(ambientLux && { ambientLux }) };
    if (!attack) return await simulateLive(subject, options);
    const attacker = cast[(person + 1) % cast.length]?.subject ?? subject;
    const victim =
      attack === 'rendered_head'
        ? await doubleOf(pool, subject, { seed, deadlineMs: CAST_DEADLINE_MS })
        : subject;
    return await simulateAttack(attack, victim, { ...options, attacker });
  } finally {
    await pool.close();
  }
}

function actions(text: string): Action[] {
  return text.split(',').map((name) => {
    const action = ACTIONS.find((each) => each === name.trim());
    if (!action) throw new InvalidArgumentError(`actions are ${ACTIONS.join(', ')}`);
    return action;
  });
}

function colours(text: string): FlashColour[] {
  return text.split(',').map((name) => {
    const colour = FLASH_PALETTE.find((each) => each === name.trim().toLowerCase());
    if (!colour) throw new InvalidArgumentError(`colours are ${FLASH_PALETTE.join(', ')}`);
    return colour;
  });
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number from 0');
  return Number(text);
}
