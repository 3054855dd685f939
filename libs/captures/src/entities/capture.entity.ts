import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { Action, Purpose, ReferenceMode } from '#biometrics';
import type { Stage } from '#queue';
import type { Assurance, StoredKey } from '#subjects';
import type { CaptureState } from '../capture.state.js';

/** One attempt to show a live face to a camera; its row is the truth that queue jobs only point at. */
@Entity('captures')
export class CaptureEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') tenantId!: string;
  @Column('uuid', { nullable: true }) subjectId!: string | null;
  @Column('text') purpose!: Purpose;
  @Column('text', { nullable: true }) assurance!: Assurance | null;
  /** Of an enrolment; null on those from before there were further references, which are first ones. */
  @Column('text', { nullable: true }) referenceMode!: ReferenceMode | null;
  /** The accepted verification that authorises a further reference. */
  @Column('uuid', { nullable: true }) authorisedBy!: string | null;
  /** Or why an operator did without one. */
  @Column('text', { nullable: true }) overrideReason!: string | null;
  @Column('text') state!: CaptureState;
  @Column('integer') policyVersion!: number;
  @Column('text', { nullable: true }) relyingPartyNonce!: string | null;
  /** Of the request that created the capture, from its submission on of that one: the id in the log lines of all its jobs. */
  @Column('text') correlationId!: string;
  @Column('text') createdBy!: string;
  /** The capture's own data key; null when the subject's key seals it. */
  @Column('jsonb', { nullable: true }) wrappedKey!: StoredKey | null;
  @Column('bytea') pageCodeHash!: Buffer;
  @Column('timestamptz', { nullable: true }) pageCodeUsedAt!: Date | null;
  @Column('text', { nullable: true }) nonce!: string | null;
  @Column('text', { array: true, nullable: true }) actions!: Action[] | null;
  @CreateDateColumn({ type: 'timestamptz' }) createdAt!: Date;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) submitBy!: Date | null;
  @Column('timestamptz', { nullable: true }) submittedAt!: Date | null;
  @Column('bytea', { nullable: true }) submissionDigest!: Buffer | null;
  /** Frames whose very bytes an earlier capture of the tenant had submitted. */
  @Column('smallint', { default: 0 }) duplicateFrames!: number;
  /** Raised whenever the flow is queued anew; jobs of a lower generation are stale and have no effect. */
  @Column('integer', { default: 0 }) flowGeneration!: number;
  /** The stage that has no result yet. */
  @Column('text', { nullable: true }) stage!: Stage | null;
  /** When everything before that stage was done. */
  @Column('timestamptz', { nullable: true }) stageQueuedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) stageStartedAt!: Date | null;
  /** How often a worker has begun that stage: more than once after a failure, a lost worker or a new generation. */
  @Column('smallint', { default: 0 }) stageAttempts!: number;
  /** When the sweeper looks at the capture again; null once it has ended. */
  @Column('timestamptz', { nullable: true }) nextCheckAt!: Date | null;
  /** The moment from which only `inconclusive (processing_failed)` can be decided. */
  @Column('timestamptz', { nullable: true }) deadlineAt!: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
}
