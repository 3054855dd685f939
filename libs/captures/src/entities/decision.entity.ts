import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { CoarseCode, DuplicateCheck, Evidence, Outcome, PadLevel, Reason } from '#biometrics';
import type { Assurance } from '#subjects';
import type { Scalars, UsedModel } from './stage-result.entity.js';

/** One reference that the probe was compared with, and the score (cosine). */
export interface Comparison {
  readonly referenceId: string;
  readonly score: number;
}

/** The one decision of a capture; the application's role may insert it and never change it. */
@Entity('decisions')
export class DecisionEntity {
  @PrimaryColumn('uuid') captureId!: string;
  @Column('uuid') tenantId!: string;
  @Column('text') outcome!: Outcome;
  @Column('text') reason!: Reason;
  @Column('text') code!: CoarseCode;
  @Column('text') padLevel!: PadLevel;
  @Column('text') requiredPadLevel!: PadLevel;
  @Column('double precision', { nullable: true }) score!: number | null;
  /** What the score was made of; empty when nothing was compared. */
  @Column('jsonb', { default: [] }) comparisons!: readonly Comparison[];
  /** Of an enrolment: whether another subject has this face. */
  @Column('text', { default: 'off' }) duplicateCheck!: DuplicateCheck;
  @Column('double precision') threshold!: number;
  @Column('integer') policyVersion!: number;
  /** Every liveness signal, what each gate made of it, and the thresholds it was held against: enough to decide again. */
  @Column('jsonb', { default: {} }) signals!: Scalars;
  @Column('jsonb', { default: {} }) gates!: Readonly<Record<string, string>>;
  @Column('jsonb', { default: {} }) thresholds!: Readonly<Record<string, number>>;
  /** All that the decision rested on; empty in rows that are older than the column. */
  @Column('jsonb', { default: {} }) evidence!: Partial<Evidence>;
  /** How the person was identified at the enrolment that this one is, or compares with; null where none plays a part. */
  @Column('text', { nullable: true }) enrolmentAssurance!: Assurance | null;
  @Column('jsonb', { default: [] }) models!: readonly UsedModel[];
  @CreateDateColumn({ type: 'timestamptz' }) decidedAt!: Date;
}
