import type { Purpose } from '#biometrics';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** That a subject agreed to one purpose, under which version of the notice, and until when. */
@Entity('consents')
export class ConsentEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') tenantId!: string;
  @Column('uuid') subjectId!: string;
  @Column('text') purpose!: Purpose;
  @Column('text') noticeVersion!: string;
  @CreateDateColumn({ type: 'timestamptz' }) givenAt!: Date;
  @Column('timestamptz', { nullable: true }) withdrawnAt!: Date | null;
}
