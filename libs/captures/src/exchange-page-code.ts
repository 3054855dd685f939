import type { EntityManager } from 'typeorm';
import { PlatformTenant } from '#access';
import { recordAudit } from '#audit';
import { constantTimeEqual } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { CaptureEntity } from './entities/capture.entity.js';
import { hashPageCode, parsePageCode } from './page-code.js';

export interface CapturePass {
  readonly tenantId: string;
  readonly captureId: string;
  readonly expiresAt: Date;
}

/** Uses up the one-time code of a page link: of any number of concurrent holders exactly one gets the capture. */
export class ExchangePageCode {
  private readonly platform: PlatformTenant;

  constructor(private readonly unitOfWork: UnitOfWork) {
    this.platform = new PlatformTenant(unitOfWork);
  }

  /** @throws ProblemError page_code_invalid — the same for unknown, used, expired and forged codes */
  async execute(code: string, correlationId: string): Promise<CapturePass> {
    const parsed = parsePageCode(code);
    const tenantId = parsed && (await this.tenantOf(parsed.captureId));
    if (!parsed || !tenantId) {
      await this.auditUnknown(correlationId);
      throw new ProblemError('page_code_invalid');
    }
    const { captureId, secret } = parsed;
    const pass = await this.unitOfWork.inTenant(tenantId, async (manager) => {
      const expiresAt = await useUp(manager, captureId, secret);
      await recordAudit(manager, tenantId, {
        action: 'capture.page_code_exchanged',
        outcome: expiresAt ? 'success' : 'refused',
        actor: { kind: 'anonymous' },
        target: { kind: 'capture', id: captureId },
        correlationId,
      });
      return expiresAt && { tenantId, captureId, expiresAt };
    });
    if (!pass) throw new ProblemError('page_code_invalid');
    return pass;
  }

  /** In the trail of the installation, because it is nobody's; without the code, which may be anything somebody pasted. */
  private async auditUnknown(correlationId: string): Promise<void> {
    const tenantId = await this.platform.id();
    await this.unitOfWork.inTenant(tenantId, (manager) =>
      recordAudit(manager, tenantId, {
        action: 'capture.page_code_exchanged',
        outcome: 'refused',
        actor: { kind: 'anonymous' },
        correlationId,
      }),
    );
  }

  private tenantOf(captureId: string): Promise<string | undefined> {
    return this.unitOfWork.inSystem(async (manager) => {
      const [row] = await manager.query<{ tenant_id: string }[]>(
        'SELECT tenant_id FROM captures WHERE id = $1',
        [captureId],
      );
      return row?.tenant_id;
    });
  }
}

/** When the capture expires whose code this was; null when the code opens nothing, or nothing any more. */
async function useUp(manager: EntityManager, captureId: string, secret: string): Promise<Date | null> {
  const capture = await manager.findOneBy(CaptureEntity, { id: captureId });
  if (!capture || !constantTimeEqual(capture.pageCodeHash, hashPageCode(secret))) return null;
  const [, used] = await manager.query<[unknown, number]>(
    `UPDATE captures SET page_code_used_at = now()
     WHERE id = $1 AND page_code_used_at IS NULL AND state IN ('created', 'started') AND expires_at > now()`,
    [captureId],
  );
  return used === 1 ? capture.expiresAt : null;
}
