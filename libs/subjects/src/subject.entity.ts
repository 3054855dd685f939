import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { StoredKey } from './stored-key.js';
import type { StoredTemplateKey } from './template-key.js';

/** A person known only by an opaque id; destroying the wrapped key makes everything sealed for them unreadable. */
@Entity('subjects')
export class SubjectEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') tenantId!: string;
  @Column('jsonb') wrappedKey!: StoredKey;
  /** The secret its references are turned by; null before the first one, and when it was destroyed. */
  @Column('jsonb', { nullable: true }) templateKey!: StoredTemplateKey | null;
  @CreateDateColumn({ type: 'timestamptz' }) createdAt!: Date;
}
