import type { EntityManager } from 'typeorm';
import {
  compareProtected,
  decodeProtected,
  encodeProtected,
  type ProtectedTemplate,
  type Template,
} from '#biometrics';
import { type Aad, type DataKey, generateDataKey, type KeyContext, type Keyring, open, seal } from '#crypto';
import type { UnitOfWork } from '#database';
import { DuplicateEntryEntity, DuplicateIndexEntity } from './duplicate-index.entity.js';
import { fromStoredKey, toStoredKey } from './stored-key.js';
import { TemplateKey } from './template-key.js';

/** Entries read at a time, so that memory does not grow with the index. */
const PAGE = 1_000;
/** More would tell a reviewer nothing. */
const MAX_MATCHES = 3;

export interface DuplicateMatch {
  readonly subjectId: string;
  readonly score: number;
}

export interface DuplicateSearch {
  /** Other subjects whose score reaches the threshold, the highest first; at most three. */
  readonly matches: readonly DuplicateMatch[];
  /** Whether every reference of the probe's model was searched. */
  readonly complete: boolean;
}

/**
 * Looks for a face among all subjects of one tenant. References cannot serve, each being turned by its own subject's key; so the index
 * holds every reference once more, all turned by one key of the tenant. It exists only where a policy asks for it.
 */
export class DuplicateIndex {
  private constructor(
    private readonly tenantId: string,
    private readonly dataKey: DataKey,
    private readonly templateKey: TemplateKey,
  ) {}

  /** Opens the tenant's index, and makes it at its first use; no transaction may be open, as the keyring may be far. */
  static async open(unitOfWork: UnitOfWork, keyring: Keyring, tenantId: string): Promise<DuplicateIndex> {
    const owner = ownerOf(tenantId);
    const found = await unitOfWork.inTenant(tenantId, find);
    const { wrappedKey, templateKey } = found ?? (await make(unitOfWork, keyring, owner));
    const opened = await TemplateKey.open(keyring, owner, templateKey);
    return new DuplicateIndex(tenantId, await keyring.unwrap(fromStoredKey(wrappedKey), owner), opened);
  }

  dispose(): void {
    this.dataKey.dispose();
    this.templateKey.dispose();
  }

  turn(template: Template): ProtectedTemplate {
    return this.templateKey.transform(template.modelId, template.dim).protect(template);
  }

  /**
   * Takes the index for this transaction, so that of two subjects with one face the later one finds the earlier.
   * @throws Error when it was replaced since it was opened: another attempt opens the new one
   */
  async lock(manager: EntityManager): Promise<void> {
    const index = await manager.findOne(DuplicateIndexEntity, {
      where: { tenantId: this.tenantId },
      lock: { mode: 'pessimistic_write' },
    });
    if (index?.templateKey.id !== this.templateKey.stored.id)
      throw new Error('The index of duplicates was replaced');
  }

  /** @param probe of {@link turn} */
  async search(
    manager: EntityManager,
    probe: ProtectedTemplate,
    { except, threshold }: { except: string; threshold: number },
  ): Promise<DuplicateSearch> {
    const best = new Map<string, number>();
    for await (const entry of entries(manager, probe.modelId)) {
      if (entry.subjectId === except) continue;
      const score = compareProtected(probe, this.unseal(entry));
      if (score >= threshold) best.set(entry.subjectId, Math.max(score, best.get(entry.subjectId) ?? -1));
    }
    const matches = [...best].map(([subjectId, score]) => ({ subjectId, score }));
    return {
      matches: matches.sort((a, b) => b.score - a.score).slice(0, MAX_MATCHES),
      complete: await isComplete(manager, probe.modelId),
    };
  }

  /** @param template of {@link turn} */
  async add(
    manager: EntityManager,
    { referenceId, subjectId }: { referenceId: string; subjectId: string },
    template: ProtectedTemplate,
  ): Promise<void> {
    const { tenantId } = this;
    const { modelId } = template;
    const sealedTemplate = seal(this.dataKey, encodeProtected(template), aad(tenantId, modelId, referenceId));
    await manager
      .createQueryBuilder()
      .insert()
      .into(DuplicateEntryEntity)
      .values({ referenceId, tenantId, subjectId, modelId, sealedTemplate })
      .orIgnore()
      .execute();
  }

  private unseal({ referenceId, modelId, sealedTemplate }: DuplicateEntryEntity): ProtectedTemplate {
    const bytes = open(this.dataKey, sealedTemplate, aad(this.tenantId, modelId, referenceId));
    return decodeProtected(bytes, this.templateKey.stored.id);
  }
}

async function make(
  unitOfWork: UnitOfWork,
  keyring: Keyring,
  owner: KeyContext,
): Promise<DuplicateIndexEntity> {
  const dataKey = generateDataKey();
  const wrappedKey = toStoredKey(await keyring.wrap(dataKey, owner));
  dataKey.dispose();
  const templateKey = await TemplateKey.draw(keyring, owner);
  templateKey.dispose();
  const { tenantId } = owner;
  return unitOfWork.inTenant(tenantId, async (manager) => {
    await manager
      .createQueryBuilder()
      .insert()
      .into(DuplicateIndexEntity)
      .values({ tenantId, wrappedKey, templateKey: templateKey.stored })
      .orIgnore()
      .execute();
    return manager.findOneByOrFail(DuplicateIndexEntity, { tenantId });
  });
}

function find(manager: EntityManager): Promise<DuplicateIndexEntity | null> {
  return manager.findOne(DuplicateIndexEntity, { where: {} });
}

async function* entries(manager: EntityManager, modelId: string): AsyncGenerator<DuplicateEntryEntity> {
  for (let after: string | null = null; ;) {
    const page: DuplicateEntryEntity[] = await manager.query(
      `SELECT reference_id AS "referenceId", subject_id AS "subjectId", model_id AS "modelId", sealed_template AS "sealedTemplate"
       FROM duplicate_entries WHERE model_id = $1 AND ($2::uuid IS NULL OR reference_id > $2) ORDER BY reference_id LIMIT $3`,
      [modelId, after, PAGE],
    );
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.referenceId ?? null;
  }
}

/** References that no key can open any more are not missing: nobody could search them. */
async function isComplete(manager: EntityManager, modelId: string): Promise<boolean> {
  const [row] = await manager.query<{ missing: boolean }[]>(
    `SELECT EXISTS (SELECT 1 FROM subject_references r JOIN subjects s ON s.id = r.subject_id
       WHERE r.model_id = $1 AND (r.template_key_id IS NULL OR r.template_key_id::text = s.template_key->>'id')
       AND NOT EXISTS (SELECT 1 FROM duplicate_entries e WHERE e.reference_id = r.id)) AS missing`,
    [modelId],
  );
  return row?.missing === false;
}

function ownerOf(tenantId: string): KeyContext {
  return { tenantId, ownerKind: 'tenant', ownerId: tenantId };
}

function aad(tenantId: string, model: string, referenceId: string): Aad {
  return { ...ownerOf(tenantId), kind: 'duplicate-entry', model, name: referenceId };
}
