import { buffer } from 'node:stream/consumers';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { FrameUpload } from '#captures';
import { ProblemError } from '#errors';

const PART_NAME = 'frames';
const MULTIPART_WITH_BOUNDARY = /;\s*boundary=/i;

/**
 * Reads the multipart request part by part, one frame in memory at a time.
 * @throws ProblemError unsupported_media_type, unexpected_part, upload_aborted, frame_too_large, and those of `FrameUpload.add`
 */
export async function receiveFrames(request: FastifyRequest, upload: FrameUpload): Promise<void> {
  if (!request.isMultipart() || !MULTIPART_WITH_BOUNDARY.test(request.headers['content-type'] ?? ''))
    throw new ProblemError('unsupported_media_type', { detail: 'Send multipart/form-data with a boundary' });
  for await (const { bytes, truncated } of framesOf(request)) await upload.add(bytes, truncated);
  if (request.raw.destroyed && !request.raw.complete) throw new ProblemError('upload_aborted');
}

/** Only errors of reading mean that the upload broke off; what happens to a frame afterwards is not the sender's doing. */
async function* framesOf(request: FastifyRequest): AsyncGenerator<{ bytes: Buffer; truncated: boolean }> {
  try {
    for await (const part of request.parts()) {
      if (part.type !== 'file' || part.fieldname !== PART_NAME) throw new ProblemError('unexpected_part');
      yield { bytes: await bytesOf(part.file), truncated: part.file.truncated };
    }
  } catch (error) {
    if (error instanceof ProblemError || isRefusal(error)) throw error;
    throw new ProblemError('upload_aborted', { cause: error });
  } finally {
    discardRest(request);
  }
}

/** Gives up at the limit instead of at the end of the part, so that the sender hears of it while still sending. */
function bytesOf(file: MultipartFile['file']): Promise<Buffer> {
  const refuse = () => file.destroy(new ProblemError('frame_too_large'));
  if (file.truncated) refuse();
  else file.once('limit', refuse);
  return buffer(file);
}

/** What is still to come is read and dropped: a sender that is not read from never gets to read its answer. */
function discardRest({ raw }: FastifyRequest): void {
  raw.unpipe();
  raw.resume();
}

/** Errors of the parser that mean a limit was passed keep their own code; all others mean the body ended or broke. */
function isRefusal(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^FST_(PROTO_VIOLATION|.*_LIMIT)$/.test(code);
}
