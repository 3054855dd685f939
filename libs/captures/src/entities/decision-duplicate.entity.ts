import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Another subject that an enrolment's face resembles; goes with either of the two. */
@Entity('decision_duplicates')
export class DecisionDuplicateEntity {
  @PrimaryColumn('uuid') captureId!: string;
  @PrimaryColumn('uuid') subjectId!: string;
  @Column('uuid') tenantId!: string;
  @Column('double precision') score!: number;
}
