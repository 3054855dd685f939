import { Command, InvalidArgumentError, Option } from 'commander';
import { Clients } from '#access';
import { SYSTEM_ACTOR } from '#audit';
import { DUPLICATE_RULES, type DuplicateRule, PAD_LEVELS, type PadLevel } from '#biometrics';
import { Policies, type PolicyChanges } from '#captures';
import { withPlatform } from '../with-platform.js';

const MAX_LISTED = 100;

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
  return new Command('policies')
    .description('thresholds that decisions are taken by')
    .addCommand(add())
    .addCommand(list())
    .addCommand(activate());
}

function add(): Command {
  return new Command('add')
    .description(
      'add a policy version that differs from the active one as named, and activate it: it applies to captures made from then on',
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
    .action(async ({ tenant, ...options }: Options) => {
      const policy = await withPolicies(tenant, (policies, tenantId) =>
        policies.add(tenantId, changesOf(options)),
      );
      console.log(JSON.stringify(policy));
      warnOf(policy.requiredPadLevel);
      if (policy.enrolment.duplicates !== 'off')
        console.log('Put the references that are there into the index: npm run cli -- references index');
    });
}

function changesOf(options: Omit<Options, 'tenant'>): PolicyChanges {
  const { requiredPadLevel, comparisonThreshold, maxReferences, verificationWindow } = options;
  const { duplicates, duplicateThreshold } = options;
  return {
    ...(requiredPadLevel !== undefined && { requiredPadLevel }),
    ...(comparisonThreshold !== undefined && { comparisonThreshold }),
    enrolment: {
      ...(maxReferences !== undefined && { maxReferences }),
      ...(verificationWindow !== undefined && { verificationWindowSeconds: verificationWindow }),
      ...(duplicates !== undefined && { duplicates }),
      ...(duplicateThreshold !== undefined && { duplicateThreshold }),
    },
  };
}

function list(): Command {
  return new Command('list')
    .description(`list the versions, newest first, one a line (at most ${MAX_LISTED})`)
    .option('--tenant <name>', 'tenant', 'default')
    .action(async ({ tenant }: { tenant: string }) => {
      const items = await withPolicies(tenant, (policies, tenantId) =>
        policies.list(tenantId, { limit: MAX_LISTED }),
      );
      for (const item of items) console.log(JSON.stringify(item));
    });
}

function activate(): Command {
  return new Command('activate')
    .description('have captures made from now on decided by a version')
    .argument('<version>', 'number of the version; 0 is the built-in default', version)
    .option('--tenant <name>', 'tenant', 'default')
    .option('--accept-weakening <member...>', 'members in which it may be weaker than the active one', [])
    .action(async (number: number, options: { tenant: string; acceptWeakening: string[] }) => {
      const { version, body } = await withPolicies(options.tenant, (policies, tenantId) =>
        policies.activate(
          { tenantId, actor: SYSTEM_ACTOR, correlationId: '' },
          number,
          options.acceptWeakening,
        ),
      );
      console.log(`version ${version} is active`);
      warnOf(body.requiredPadLevel);
    });
}

function withPolicies<T>(
  tenant: string,
  work: (policies: Policies, tenantId: string) => Promise<T>,
): Promise<T> {
  return withPlatform(async ({ unitOfWork }) =>
    work(new Policies(unitOfWork), await new Clients(unitOfWork).tenant(tenant)),
  );
}

function warnOf(requiredPadLevel: PadLevel): void {
  if (requiredPadLevel === 'none')
    console.log('WARNING: this policy accepts captures whose liveness was not judged at all.');
}

function fraction(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('a number from 0 to 1');
  return value;
}

function version(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number');
  return Number(text);
}
