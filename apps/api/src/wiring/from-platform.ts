import type { Provider } from '@nestjs/common';
import { Platform } from '#platform';

/** A provider made of what the process has opened. */
export function fromPlatform<T>(
  provide: new (...args: never[]) => T,
  useFactory: (platform: Platform) => T,
): Provider {
  return { provide, useFactory, inject: [Platform] };
}
