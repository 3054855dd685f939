import type { EntityManager } from 'typeorm';
import { hmacSha256, type Keyring } from '#crypto';
import type { CaptureEntity } from './entities/capture.entity.js';

/** Keyed digests of a submission: they recognise the same bytes again and tell nothing about them. */
export interface SubmissionDigests {
  /** Of the whole submission, bound to its capture: the very same one may be sent twice. */
  readonly submission: Buffer;
  /** Of each frame, bound to the tenant: the same bytes in another capture are a replay. */
  readonly frames: readonly Buffer[];
}

/** @param hashes the SHA-256 of each frame, in order */
export async function digestSubmission(
  keyring: Keyring,
  capture: Pick<CaptureEntity, 'id' | 'tenantId'>,
  hashes: readonly Buffer[],
): Promise<SubmissionDigests> {
  const [submissionKey, frameKey] = await Promise.all([
    keyring.deriveKey('submission-digest/v1'),
    keyring.deriveKey('frame-digest/v1'),
  ]);
  return {
    submission: hmacSha256(submissionKey, capture.id, ...hashes),
    frames: hashes.map((hash) => hmacSha256(frameKey, capture.tenantId, hash)),
  };
}

/** Remembers the frames of a capture; returns how many of them another capture of the tenant had submitted before. */
export async function rememberFrames(
  manager: EntityManager,
  { id, tenantId }: Pick<CaptureEntity, 'id' | 'tenantId'>,
  digests: readonly Buffer[],
): Promise<number> {
  // In one order for everybody, so that two submissions of the same frames wait for each other instead of deadlocking.
  const unique = [...new Set(digests.map((digest) => digest.toString('hex')))].sort();
  const fresh = await manager.query<unknown[]>(
    `INSERT INTO frame_digests (tenant_id, digest, capture_id)
     SELECT $1, decode(hex, 'hex'), $2 FROM unnest($3::text[]) AS hex
     ON CONFLICT DO NOTHING RETURNING digest`,
    [tenantId, id, unique],
  );
  return unique.length - fresh.length;
}
