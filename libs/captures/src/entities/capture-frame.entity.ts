import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One adopted frame: where its sealed bytes lie, and its size. */
@Entity('capture_frames')
export class CaptureFrameEntity {
  @PrimaryColumn('uuid') captureId!: string;
  @PrimaryColumn('smallint') index!: number;
  @Column('uuid') tenantId!: string;
  @Column('text') blobKey!: string;
  @Column('integer') bytes!: number;
  @Column('integer') width!: number;
  @Column('integer') height!: number;
}
