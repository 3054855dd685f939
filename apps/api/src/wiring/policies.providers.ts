import type { Provider } from '@nestjs/common';
import { LabelCapture, Policies, PolicySimulations } from '#captures';
import type { Config } from '#config';
import { fromPlatform } from './from-platform.js';

/** Policies, what they would have decided, and the labels that error rates are counted by. */
export function policyProviders(config: Config): Provider[] {
  return [
    fromPlatform(Policies, ({ unitOfWork }) => new Policies(unitOfWork)),
    fromPlatform(LabelCapture, ({ unitOfWork }) => new LabelCapture(unitOfWork)),
    fromPlatform(
      PolicySimulations,
      ({ unitOfWork }) => new PolicySimulations(unitOfWork, { perHour: config.SIMULATIONS_PER_HOUR }),
    ),
  ];
}
