import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AttemptCounts } from './attempt-budget.js';

/** The counts of a subject's verification attempts; changed under the subject's row lock only. */
@Entity('subject_attempts')
export class AttemptsEntity implements AttemptCounts {
  @PrimaryColumn('uuid') subjectId!: string;
  @Column('uuid') tenantId!: string;
  @Column('timestamptz', { nullable: true }) windowStartedAt!: Date | null;
  @Column('integer') failures!: number;
  @Column('integer') inconclusive!: number;
  @Column('integer') consecutiveFailures!: number;
  @Column('timestamptz', { nullable: true }) lastFailureAt!: Date | null;
}
