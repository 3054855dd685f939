import { Command, InvalidArgumentError, Option } from 'commander';
import { Clients } from '#access';
import { DUPLICATE_RULES, type DuplicateRule, PAD_LEVELS, type PadLevel } from '#biometrics';
import { Policies } from '#captures';
import { withPlatform } from '../with-platform.js';

interface Options {
  readonly tenant: string;
  readonly requiredPadLevel?: PadLevel;
  readonly comparisonThreshold?: number;
  readonly duplicates?: DuplicateRule;
  readonly duplicateThreshold?: number;
  readonly maxReferences?: number;
  readonly verificationWindow?: number;
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
    .option('--max-references <n>', 'references a subject may have (1 to 10)', Number)
    .option(
      '--verification-window <seconds>',
      'how old a verification that authorises a reference may be (60 to 3600)',
      Number,
    )
    .addOption(
      new Option('--duplicates <rule>', 'enrolments of a face that another subject has').choices(
        DUPLICATE_RULES,
      ),
    )
    .option('--duplicate-threshold <cosine>', 'least comparison score of a duplicate', fraction)
    .action(async ({ tenant, requiredPadLevel, comparisonThreshold, ...enrolment }: Options) => {
      const policy = await withPlatform(async ({ unitOfWork }) => {
        const tenantId = await new Clients(unitOfWork).tenant(tenant);
        const policies = new Policies(unitOfWork);
        const { maxReferences, verificationWindow: verificationWindowSeconds, ...duplicates } = enrolment;
        const rules = { maxReferences, verificationWindowSeconds, ...duplicates };
        return policies.add(tenantId, { requiredPadLevel, comparisonThreshold, enrolment: rules });
      });
      console.log(JSON.stringify(policy));
      if (policy.requiredPadLevel === 'none') {
        console.log('WARNING: this policy accepts captures whose liveness was not judged at all.');
      }
      if (policy.enrolment.duplicates !== 'off')
        console.log('Put the references that are there into the index: npm run cli -- references index');
    });
  return new Command('policies').description('thresholds that decisions are taken by').addCommand(add);
}

function fraction(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('a number from 0 to 1');
  return value;
}
