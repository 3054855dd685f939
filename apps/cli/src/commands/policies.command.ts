import { Command, InvalidArgumentError, Option } from 'commander';
import { Clients } from '#access';
import { PAD_LEVELS, type PadLevel } from '#biometrics';
import { Policies } from '#captures';
import { withPlatform } from '../with-platform.js';

interface Options {
  readonly tenant: string;
  readonly requiredPadLevel?: PadLevel;
  readonly comparisonThreshold?: number;
}

export function policiesCommand(): Command {
  const add = new Command('add')
    .description(
      'add a policy version that differs from the current one as named; it applies to captures made from then on',
    )
    .option('--tenant <name>', 'tenant', 'default')
    .addOption(
      new Option('--required-pad-level <level>', 'PAD level an acceptance needs').choices(PAD_LEVELS),
    )
    .option('--comparison-threshold <cosine>', 'least comparison score of a match', fraction)
    .action(async ({ tenant, ...changes }: Options) => {
      const policy = await withPlatform(async ({ unitOfWork }) => {
        const tenantId = await new Clients(unitOfWork).tenant(tenant);
        return new Policies(unitOfWork).add(tenantId, changes);
      });
      console.log(JSON.stringify(policy));
      if (policy.requiredPadLevel === 'none') {
        console.log('WARNING: this policy accepts captures whose liveness was not judged at all.');
      }
    });
  return new Command('policies').description('thresholds that decisions are taken by').addCommand(add);
}

function fraction(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('a number from 0 to 1');
  return value;
}
