import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { StoredKey } from './stored-key.js';
import type { StoredTemplateKey } from './template-key.js';

/** The keys of a tenant's index of duplicates; deleting the row destroys the index. */
@Entity('duplicate_indexes')
export class DuplicateIndexEntity {
  @PrimaryColumn('uuid') tenantId!: string;
  /** Seals the entries. */
  @Column('jsonb') wrappedKey!: StoredKey;
  /** Turns all of them alike, so that they can be searched. */
  @Column('jsonb') templateKey!: StoredTemplateKey;
  @CreateDateColumn({ type: 'timestamptz' }) createdAt!: Date;
}

/** One reference as the index holds it. */
@Entity('duplicate_entries')
export class DuplicateEntryEntity {
  @PrimaryColumn('uuid') referenceId!: string;
  @Column('uuid') tenantId!: string;
  @Column('uuid') subjectId!: string;
  @Column('text') modelId!: string;
  @Column('bytea') sealedTemplate!: Buffer;
}
