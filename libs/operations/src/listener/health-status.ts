export const HEALTH_STATUSES = ['up', 'degraded', 'down'] as const;

/** How a process or a part of the installation is: `degraded` still does its work. */
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** What probes go by: 503 where the work cannot be done, else 200. */
export function httpStatusOf(status: HealthStatus): 200 | 503 {
  return status === 'down' ? 503 : 200;
}
