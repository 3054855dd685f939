import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tenantsThere } from '#access';
import {
  type Actor,
  AuditVerification,
  type ChainFault,
  type Checkpoint,
  type CheckpointKeys,
  openCheckpoint,
  verifyExport,
} from '#audit';
import { auditKeysOf } from '#platform';
import { withPlatform } from '../with-platform.js';

type VerificationKeys = Pick<CheckpointKeys, 'verificationKey'>;

interface Result {
  readonly valid: boolean;
  readonly line: string;
}

/** Verifies the chains of this installation's database. */
export function verifyTenants(
  operator: Actor,
  options: { tenant?: string; checkpoint?: string; jwks?: string },
): Promise<Result[]> {
  return withPlatform(async ({ unitOfWork }, config) => {
    const keys = options.jwks ? await publicKeys(options.jwks) : auditKeysOf(config);
    const kept = await keptCheckpoints(options.checkpoint, keys);
    const verification = new AuditVerification(unitOfWork, keys);
    const results: Result[] = [];
    for (const { id, name } of await tenantsThere(unitOfWork, options.tenant)) {
      const own = kept.filter(({ tenantId }) => tenantId === id);
      const report = await verification.verify({ tenantId: id, actor: operator }, { kept: own });
      const waiting = report.pending > 0 ? `, ${report.pending} events wait for their place` : '';
      results.push(resultOf(name, report, waiting));
    }
    return results;
  });
}

/** Verifies an export, far from any database. */
export async function verifyFile(options: {
  file: string;
  checkpoint?: string;
  jwks?: string;
}): Promise<Result> {
  if (!options.jwks) throw new Error('--file needs --jwks, the public keys of the checkpoints');
  const keys = await publicKeys(options.jwks);
  const kept = await keptCheckpoints(options.checkpoint, keys);
  return resultOf(options.file, await verifyExport(options.file, keys, kept));
}

function resultOf(
  name: string,
  report: { valid: boolean; fault: ChainFault | null; fromSeq: number; toSeq: number; checkpoints: number },
  more = '',
): Result {
  const { valid, fault, fromSeq, toSeq, checkpoints } = report;
  const links = Math.max(0, toSeq - fromSeq + 1);
  const found = fault
    ? `FAULT ${fault.kind} at ${fault.seq ?? 'no place'}${fault.eventId ? `, event ${fault.eventId}` : ''}; before it `
    : '';
  return { valid, line: `${name}: ${found}${links} links hold, ${checkpoints} checkpoints agree${more}` };
}

/** @throws Error naming the first line that no key of the set has signed: what is not signed proves nothing */
async function keptCheckpoints(path: string | undefined, keys: VerificationKeys): Promise<Checkpoint[]> {
  if (path === undefined) return [];
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return Promise.all(
    lines.map(async (line, index) => {
      const checkpoint = await openCheckpoint(line.trim(), keys);
      if (!checkpoint)
        throw new Error(`${path}: line ${index + 1} is no checkpoint signed by one of the keys`);
      return checkpoint;
    }),
  );
}

/** @throws Error when the file is no JWK set of public keys */
async function publicKeys(path: string): Promise<VerificationKeys> {
  const { keys } = JSON.parse(await readFile(path, 'utf8')) as { keys: (JsonWebKey & { kid: string })[] };
  const byId = new Map<string, KeyObject>(
    keys.map(({ kid, ...key }) => [kid, createPublicKey({ key, format: 'jwk' })]),
  );
  return { verificationKey: (kid) => byId.get(kid) };
}
