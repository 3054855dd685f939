import type { EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { type Keyring, open, SEAL_BYTES } from '#crypto';
import { awaitsBlobRemoval, type UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { BlobNotFoundError, type BlobStore } from '#storage';
import type { Caller, StoredKey } from '#subjects';
import { ARTIFACT_TYPES, type ArtifactName, isArtifactName } from './artifact-names.js';
import { capturePrefix, outputAad, unwrapCaptureKey } from './capture-blobs.js';
import { findCapture, storedKeyOf } from './capture.repository.js';
import { isEnded } from './capture.state.js';
import type { CaptureEntity } from './entities/capture.entity.js';
import { StageResultEntity } from './entities/stage-result.entity.js';

export interface ArtifactView {
  readonly name: ArtifactName;
  readonly mediaType: (typeof ARTIFACT_TYPES)[ArtifactName];
  readonly bytes: number;
}

export interface ArtifactContent {
  readonly mediaType: ArtifactView['mediaType'];
  /** In clear: it shows the face. */
  readonly content: Buffer;
}

interface Stored {
  readonly capture: CaptureEntity;
  readonly storedKey: StoredKey;
  /** The artifacts that were made, and where they lie. */
  readonly made: readonly { readonly name: ArtifactName; readonly prefix: string }[];
  /** False once retention has removed them. */
  readonly present: boolean;
}

/** The files that the stages made of a capture for people to look at: sealed as its frames are, and kept as long. */
export class CaptureArtifacts {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
    private readonly blobs: BlobStore,
    /** `kept`: whether this installation has its stages make any. */
    private readonly settings: { readonly kept: boolean },
  ) {}

  /** What can be read now, by name. @throws ProblemError capture_not_found */
  async list(tenantId: string, captureId: string): Promise<ArtifactView[]> {
    const { made } = await this.unitOfWork.inTenant(tenantId, (manager) => stored(manager, captureId));
    const found: ArtifactView[] = [];
    for (const prefix of new Set(made.map((each) => each.prefix))) {
      for await (const { key, size } of this.blobs.list(prefix)) {
        const name = key.slice(prefix.length);
        if (isArtifactName(name))
          found.push({ name, mediaType: ARTIFACT_TYPES[name], bytes: size - SEAL_BYTES });
      }
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * One artifact in clear; the audit trail has the event before the caller has the bytes.
   * @throws ProblemError capture_not_found, artifact_not_found, artifacts_not_kept, artifact_expired, unavailable
   */
  async read(caller: Caller, captureId: string, name: string): Promise<ArtifactContent> {
    const { tenantId } = caller;
    const found = await this.unitOfWork.inTenant(tenantId, (manager) => stored(manager, captureId));
    if (!isArtifactName(name)) throw new ProblemError('artifact_not_found');
    const content = await this.open(found, name);
    await this.unitOfWork.inTenant(tenantId, async (manager) => {
      // Nobody gets to see what was erased while it was being read.
      await findCapture(manager, captureId);
      await recordAudit(manager, tenantId, {
        action: 'capture.artifact_read',
        outcome: 'success',
        actor: caller.actor,
        target: { kind: 'capture', id: captureId },
        correlationId: caller.correlationId,
        detail: { name, bytes: content.byteLength },
      });
    });
    return { mediaType: ARTIFACT_TYPES[name], content };
  }

  private async open({ capture, storedKey, made, present }: Stored, name: ArtifactName): Promise<Buffer> {
    const artifact = made.find((each) => each.name === name);
    if (!artifact) throw new ProblemError(this.settings.kept ? 'artifact_not_found' : 'artifacts_not_kept');
    if (!present) throw new ProblemError('artifact_expired');
    const sealed = await this.blobs.get(`${artifact.prefix}${name}`).catch((cause: unknown) => {
      // By the database it must be there: either it is being removed at this moment, or the store has trouble.
      if (cause instanceof BlobNotFoundError) throw new ProblemError('unavailable', { cause });
      throw cause;
    });
    const key = await unwrapCaptureKey(this.keyring, capture, storedKey);
    try {
      return open(key, sealed, outputAad(capture, name));
    } finally {
      key.dispose();
    }
  }
}

async function stored(manager: EntityManager, captureId: string): Promise<Stored> {
  const capture = await findCapture(manager, captureId);
  const results = await manager.findBy(StageResultEntity, { captureId });
  return {
    capture,
    storedKey: await storedKeyOf(manager, capture),
    made: results.flatMap(({ blobPrefix: prefix, blobNames }) =>
      prefix ? blobNames.filter(isArtifactName).map((name) => ({ name, prefix })) : [],
    ),
    // The end of a capture notes all its blobs for removal, and their removal takes the note away.
    present: !isEnded(capture.state) || (await awaitsBlobRemoval(manager, capturePrefix(capture))),
  };
}
