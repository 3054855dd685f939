import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { StoredKey } from './stored-key.js';

/** A person known only by an opaque id; destroying the wrapped key makes everything sealed for them unreadable. */
@Entity('subjects')
export class SubjectEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') tenantId!: string;
  @Column('jsonb') wrappedKey!: StoredKey;
  @CreateDateColumn({ type: 'timestamptz' }) createdAt!: Date;
}
