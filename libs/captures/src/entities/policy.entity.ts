import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** One version of a tenant's policy; versions are added, never changed. */
@Entity('policies')
export class PolicyEntity {
  @PrimaryColumn('uuid') tenantId!: string;
  @PrimaryColumn('integer') version!: number;
  @Column('jsonb') body!: unknown;
  @CreateDateColumn({ type: 'timestamptz' }) createdAt!: Date;
}
