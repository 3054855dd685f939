import type { UnitOfWork } from '#database';

/** Forgets events of all tenants after a while, with their deliveries and attempts. */
export class WebhookRetention {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: { readonly keepMs: number },
  ) {}

  /** @returns how many events are gone, up to a batch */
  removeOld(): Promise<number> {
    return this.unitOfWork.inSystem(async (manager) => {
      const [, count] = await manager.query<[unknown, number]>(
        `DELETE FROM webhook_events WHERE created_at < now() - $1 * interval '1 millisecond'`,
        [this.settings.keepMs],
      );
      return count;
    });
  }
}
