import {
  type HealthCheckResult,
  type HealthCheckService,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { productVersion } from '#observability';
import type { HealthStatus } from '#operations';
import type { HealthParts } from './health-parts.js';

export interface HealthDetail {
  readonly status: HealthStatus;
  readonly service: { readonly version: string; readonly uptimeSeconds: number };
  /** By part: its `status`, and what there is to say of it. */
  readonly parts: HealthIndicatorResult;
}

const STATUS: Record<HealthCheckResult['status'], HealthStatus> = {
  ok: 'up',
  degraded: 'degraded',
  error: 'down',
  shutting_down: 'down',
};

/** How the installation is, in one word for everybody and in detail for operators. */
export class Health {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly parts: HealthParts,
  ) {}

  async readiness(): Promise<HealthStatus> {
    return STATUS[(await this.check(this.parts.ofReadiness)).status];
  }

  async detail(): Promise<HealthDetail> {
    const { status, details } = await this.check(this.parts.all);
    return {
      status: STATUS[status],
      service: { version: productVersion(), uptimeSeconds: Math.round(process.uptime()) },
      parts: details,
    };
  }

  /** Terminus throws its result when a part is down. */
  private check(parts: HealthParts['all']): Promise<HealthCheckResult> {
    return this.checks.check([...parts]).catch((error: { getResponse?: () => unknown }) => {
      if (!error.getResponse) throw error;
      return error.getResponse() as HealthCheckResult;
    });
  }
}
