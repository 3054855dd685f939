import type { EntityManager } from 'typeorm';
import { type Actor, recordAudit } from '#audit';
import { decodeTemplate, type Template } from '#biometrics';
import { type DataKey, DecryptionError, type KeyContext, type Keyring, open, UnknownKeyError } from '#crypto';
import type { UnitOfWork } from '#database';
import { DuplicateIndex } from './duplicate-index.js';
import { DuplicateIndexEntity } from './duplicate-index.entity.js';
import { ReferenceEntity } from './reference.entity.js';
import { findReferences, openReferences, sealReference } from './references.js';
import { fromStoredKey } from './stored-key.js';
import { SubjectEntity } from './subject.entity.js';
import { TemplateKey } from './template-key.js';
import { tryLockSubject } from './subjects.js';

const PAGE = 100;

export interface MaintenanceReport {
  /** Subjects whose references were turned anew, or put into the index. */
  readonly done: number;
  /** Subjects whose template key or references can no longer be opened: they match nobody, and have to enrol again. */
  readonly lost: number;
}

type Result = 'done' | 'lost' | 'unchanged';

interface Order {
  readonly tenantId: string;
  readonly actor: Actor;
}

/** Work on references that needs no face: each subject is one transaction, so it may be interrupted and run again. */
export class ReferenceMaintenance {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
  ) {}

  /**
   * Turns references by fresh keys: of every subject whose key is not wrapped by the active KEK for templates, or of the named one.
   * After a rotation of the keyring a second run therefore finds nothing to do.
   */
  async rekey(order: Order, subjectId?: string): Promise<MaintenanceReport> {
    const due = `SELECT id FROM subjects s WHERE id > $1 AND (
        (template_key IS NOT NULL AND template_key->>'kekId' <> $2)
        OR EXISTS (SELECT 1 FROM subject_references r WHERE r.subject_id = s.id AND r.template_key_id IS NULL))`;
    return subjectId === undefined
      ? this.each(order, due, [this.keyring.activeTemplateKekId], (id) => this.rekeySubject(order, id))
      : this.each(order, 'SELECT id FROM subjects WHERE id > $1 AND id = $2', [subjectId], (id) =>
          this.rekeySubject(order, id),
        );
  }

  /** Puts every reference into the tenant's index of duplicates; one whose key is not of the active KEK is made anew first. */
  async buildIndex(order: Order): Promise<MaintenanceReport> {
    await this.unitOfWork.inTenant(order.tenantId, (manager) =>
      manager.query(`DELETE FROM duplicate_indexes WHERE template_key->>'kekId' <> $1`, [
        this.keyring.activeTemplateKekId,
      ]),
    );
    const index = await DuplicateIndex.open(this.unitOfWork, this.keyring, order.tenantId);
    try {
      const missing = `SELECT DISTINCT subject_id AS id FROM subject_references r WHERE subject_id > $1
        AND NOT EXISTS (SELECT 1 FROM duplicate_entries e WHERE e.reference_id = r.id)`;
      const report = await this.each(order, missing, [], (id) => this.indexSubject(order, index, id));
      if (report.done > 0)
        await this.unitOfWork.inTenant(order.tenantId, (manager) =>
          audit(manager, order, 'duplicate_index.built', order.tenantId, { subjects: report.done }),
        );
      return report;
    } finally {
      index.dispose();
    }
  }

  /** Destroys the tenant's index of duplicates with its keys. @returns whether there was one */
  dropIndex(order: Order): Promise<boolean> {
    return this.unitOfWork.inTenant(order.tenantId, async (manager) => {
      const { affected } = await manager.delete(DuplicateIndexEntity, { tenantId: order.tenantId });
      if (!affected) return false;
      await audit(manager, order, 'duplicate_index.dropped', order.tenantId, {});
      return true;
    });
  }

  hasIndex(tenantId: string): Promise<boolean> {
    return this.unitOfWork.inTenant(tenantId, (manager) => manager.existsBy(DuplicateIndexEntity, {}));
  }

  /** Runs `work` for every subject that `query` names, in the order of their ids. */
  private async each(
    { tenantId }: Order,
    query: string,
    parameters: readonly string[],
    work: (subjectId: string) => Promise<Result>,
  ): Promise<MaintenanceReport> {
    const report = { done: 0, lost: 0, unchanged: 0 };
    for (let after = NIL; ;) {
      const page = await this.unitOfWork.inTenant(tenantId, (manager) =>
        manager.query<{ id: string }[]>(`${query} ORDER BY id LIMIT ${PAGE}`, [after, ...parameters]),
      );
      for (const { id } of page) report[await work(id)] += 1;
      const last = page.at(-1);
      if (!last) return { done: report.done, lost: report.lost };
      after = last.id;
    }
  }

  private rekeySubject(order: Order, subjectId: string): Promise<Result> {
    return this.withKeys<Result>(order.tenantId, subjectId, async ({ subject, dataKey, templateKey }) => {
      const fresh = await TemplateKey.draw(this.keyring, ownerOf(subject));
      try {
        return await this.inSubject<Result>(subject, async (manager) => {
          const revealed = await reveal(manager, subjectId, dataKey, templateKey);
          for (const { row, template } of revealed) {
            const turned = fresh.transform(row.modelId, template.dim).protect(template);
            // Rows are replaced, as no role may change one.
            await manager.delete(ReferenceEntity, { id: row.id });
            const sealedTemplate = sealReference(row, turned, dataKey);
            await manager.insert(ReferenceEntity, { ...row, templateKeyId: turned.keyId, sealedTemplate });
          }
          await manager.update(SubjectEntity, { id: subjectId }, { templateKey: fresh.stored });
          await audit(manager, order, 'references.rekeyed', subjectId, { references: revealed.length });
          return 'done';
        });
      } finally {
        fresh.dispose();
      }
    });
  }

  private indexSubject({ tenantId }: Order, index: DuplicateIndex, subjectId: string): Promise<Result> {
    return this.withKeys<Result>(tenantId, subjectId, ({ subject, dataKey, templateKey }) =>
      this.inSubject<Result>(subject, async (manager) => {
        await index.lock(manager);
        const revealed = await reveal(manager, subjectId, dataKey, templateKey);
        for (const { row, template } of revealed)
          await index.add(manager, { referenceId: row.id, subjectId }, index.turn(template));
        return revealed.length > 0 ? 'done' : 'lost';
      }),
    );
  }

  /** A transaction under the subject's lock, as long as its template key is still the one that was opened. */
  private inSubject<T>(
    { id, tenantId, templateKey }: SubjectEntity,
    work: (manager: EntityManager) => Promise<T>,
  ): Promise<T | 'unchanged'> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const now = await tryLockSubject(manager, id);
      return now && now.templateKey?.id === templateKey?.id ? work(manager) : 'unchanged';
    });
  }

  private async withKeys<T>(
    tenantId: string,
    subjectId: string,
    work: (keys: { subject: SubjectEntity; dataKey: DataKey; templateKey: TemplateKey | null }) => Promise<T>,
  ): Promise<T | Result> {
    const subject = await this.unitOfWork.inTenant(tenantId, (manager) =>
      manager.findOneBy(SubjectEntity, { id: subjectId }),
    );
    if (!subject) return 'unchanged';
    const owner = ownerOf(subject);
    let dataKey: DataKey | undefined;
    let templateKey: TemplateKey | null = null;
    try {
      dataKey = await this.keyring.unwrap(fromStoredKey(subject.wrappedKey), owner);
      if (subject.templateKey) templateKey = await TemplateKey.open(this.keyring, owner, subject.templateKey);
      return await work({ subject, dataKey, templateKey });
    } catch (error) {
      if (error instanceof UnknownKeyError || error instanceof DecryptionError) return 'lost';
      throw error;
    } finally {
      templateKey?.dispose();
      dataKey?.dispose();
    }
  }
}

const NIL = '00000000-0000-0000-0000-000000000000';

/** The references in clear that the key can turn back, and those from before there was one. */
async function reveal(
  manager: EntityManager,
  subjectId: string,
  dataKey: DataKey,
  templateKey: TemplateKey | null,
): Promise<{ row: ReferenceEntity; template: Template }[]> {
  const rows = await findReferences(manager, subjectId);
  const opened = new Map(
    (await openReferences(manager, subjectId, dataKey)).map((each) => [each.id, each.template]),
  );
  return rows.flatMap((row) => {
    const turned = opened.get(row.id);
    if (!turned) return [{ row, template: openUnprotected(row, dataKey) }];
    if (turned.keyId !== templateKey?.stored.id) return [];
    return [{ row, template: templateKey.transform(turned.modelId, turned.dim).reveal(turned) }];
  });
}

/** A reference as it was stored before templates were protected. */
function openUnprotected(row: ReferenceEntity, dataKey: DataKey): Template {
  const { tenantId, subjectId, modelId: model, sealedTemplate } = row;
  const aad = { tenantId, ownerKind: 'subject', ownerId: subjectId, kind: 'reference', model } as const;
  return decodeTemplate(open(dataKey, sealedTemplate, aad));
}

function ownerOf({ tenantId, id }: SubjectEntity): KeyContext {
  return { tenantId, ownerKind: 'subject', ownerId: id };
}

function audit(
  manager: EntityManager,
  { tenantId, actor }: Order,
  action: 'references.rekeyed' | 'duplicate_index.built' | 'duplicate_index.dropped',
  id: string,
  detail: Record<string, number>,
): Promise<void> {
  const kind = action === 'references.rekeyed' ? 'subject' : 'tenant';
  return recordAudit(manager, tenantId, { action, outcome: 'success', actor, target: { kind, id }, detail });
}
