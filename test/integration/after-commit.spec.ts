import { copyAuditTo, recordAudit, SYSTEM_ACTOR } from '#audit';
import { afterCommit } from '#database';
import { InProcess } from '../support/stack-in-process.js';

describe('after the commit', () => {
  let one: InProcess;
  beforeAll(async () => (one = await InProcess.open()));
  afterAll(() => one?.close());

  it('is done what was left for then, in its order', async () => {
    const done: string[] = [];
    await one.unitOfWork.inTenant(one.tenantId, async (manager) => {
      afterCommit(manager, () => done.push('first'));
      await manager.query('SELECT 1');
      afterCommit(manager, () => done.push('second'));
      expect(done).toEqual([]);
    });
    expect(done).toEqual(['first', 'second']);
  });

  it('is not done what was rolled back', async () => {
    const done: string[] = [];
    const failing = one.unitOfWork.inSystem((manager) => {
      afterCommit(manager, () => done.push('never'));
      return Promise.reject(new Error('rolled back'));
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(done).toEqual([]);
  });

  it('cannot be waited for outside a unit of work', () => {
    expect(() => afterCommit({} as never, () => undefined)).toThrow(TypeError);
  });

  it('the audit log tells of a deed, and of none that did not happen', async () => {
    const told: { action: string; id: string; tenantId: string }[] = [];
    const end = copyAuditTo((record) => told.push(record));
    const target = { kind: 'capture', id: 'x' } as const;
    const deed = { action: 'capture.expired', outcome: 'success', actor: SYSTEM_ACTOR, target } as const;
    const record = (fails: boolean) =>
      one.unitOfWork.inTenant(one.tenantId, async (manager) => {
        await recordAudit(manager, one.tenantId, deed);
        if (fails) throw new Error('rolled back');
      });
    await record(false);
    await expect(record(true)).rejects.toThrow('rolled back');
    end();
    await record(false);
    expect(told).toEqual([expect.objectContaining({ ...deed, tenantId: one.tenantId })]);
    expect(await one.probe.count('audit_events WHERE id = $1', [told[0]?.id])).toBe(1);
  });
});
