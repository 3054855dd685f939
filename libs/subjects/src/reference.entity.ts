import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { ReferenceBasis } from '#biometrics';

/** How sure the relying party was of who sat before the camera at the first enrolment. */
export const ASSURANCES = ['self_asserted', 'supervised', 'relying_party_proofed'] as const;
export type Assurance = (typeof ASSURANCES)[number];

/** A stored template, turned by the subject's template key and sealed under its data key. */
@Entity('subject_references')
export class ReferenceEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') tenantId!: string;
  @Column('uuid') subjectId!: string;
  /** 1 for the first enrolment; unique per subject, so that of two concurrent first enrolments one wins. */
  @Column('integer') ordinal!: number;
  @Column('uuid') captureId!: string;
  @Column('text') modelId!: string;
  @Column('bytea') sealedTemplate!: Buffer;
  @Column('text') assurance!: Assurance;
  @CreateDateColumn({ type: 'timestamptz' }) createdAt!: Date;
  /** The template key that turned it; null when it was stored before templates were protected: then nothing is compared with it. */
  @Column('uuid', { nullable: true }) templateKeyId!: string | null;
  @Column('text', { default: 'first' }) basis!: ReferenceBasis;
}
