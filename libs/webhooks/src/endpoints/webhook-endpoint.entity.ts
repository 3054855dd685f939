import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { WebhookEventType } from '../event-types.js';

export const ENDPOINT_STATES = ['enabled', 'disabled'] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];
/** By request, by the receiver's own 410, or because it had failed for days. */
export const DISABLED_REASONS = ['requested', 'gone', 'failing'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** Where a tenant wants to be told of what happens. */
@Entity('webhook_endpoints')
export class WebhookEndpointEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') tenantId!: string;
  @Column('text') url!: string;
  @Column('text', { default: '' }) description!: string;
  /** Null means all, also those to come. */
  @Column('text', { array: true, nullable: true }) eventTypes!: WebhookEventType[] | null;
  @Column('text', { default: 'enabled' }) state!: EndpointState;
  @Column('text', { nullable: true }) disabledReason!: DisabledReason | null;
  @Column('timestamptz', { nullable: true }) disabledAt!: Date | null;
  /** Of the first failed attempt since the last success. */
  @Column('timestamptz', { nullable: true }) failingSince!: Date | null;
  @CreateDateColumn({ type: 'timestamptz' }) createdAt!: Date;
}
