import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { Reason } from '#biometrics';
import type { Stage } from '#queue';

export const STAGE_STATUSES = ['done', 'skipped', 'failed'] as const;
export type StageStatus = (typeof STAGE_STATUSES)[number];
export type Scalars = Readonly<Record<string, number | string | boolean | null>>;

/** A stored number; null for anything else, which never counts as passed. */
export function numberOf(value: Scalars[string] | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A model that took part, as the decision's record names it. */
export interface UsedModel {
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
}

/** What one stage found out, written once; numbers only, anything like a face lies sealed under `blobPrefix`. */
@Entity('stage_results')
export class StageResultEntity {
  @PrimaryColumn('uuid') captureId!: string;
  @PrimaryColumn('text') stage!: Stage;
  @Column('uuid') tenantId!: string;
  @Column('text') status!: StageStatus;
  /** A business verdict that ends the chain early; later stages pass it on. */
  @Column('text', { nullable: true }) halt!: Reason | null;
  @Column('integer') generation!: number;
  /** How often a worker had begun the stage until this result. */
  @Column('smallint', { default: 1 }) attempts!: number;
  @Column('jsonb', { default: {} }) scalars!: Scalars;
  @Column('jsonb', { default: [] }) models!: readonly UsedModel[];
  /** Where this stage's sealed outputs lie, and their names under it. */
  @Column('text', { nullable: true }) blobPrefix!: string | null;
  @Column('text', { array: true, default: [] }) blobNames!: string[];
  @Column('timestamptz') startedAt!: Date;
  @CreateDateColumn({ type: 'timestamptz' }) finishedAt!: Date;
}
