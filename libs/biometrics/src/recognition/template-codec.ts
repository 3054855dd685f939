import { makeTemplate, type Template, TemplateError, type TemplateValues } from './template.js';
import type { ProtectedTemplate } from './template-transform.js';

/** "SBT" and the format's version: a stored template must still be readable, or refused, in years. */
const HEADER = Uint8Array.of(0x53, 0x42, 0x54, 0x01);
/** "SBP" and the version: a protected template is never read as one in clear, nor the reverse. */
const PROTECTED_HEADER = Uint8Array.of(0x53, 0x42, 0x50, 0x01);
const MAX_MODEL_ID_BYTES = 255;
const MAX_DIM = 65_535;

/**
 * The stored form: `SBT` 0x01 · byte length of the model id (u8) · model id (UTF-8) · dim (u16 LE) · dim × float32 LE.
 * @throws {TemplateError} when the model id exceeds 255 bytes.
 */
export function encodeTemplate(template: Template): Uint8Array {
  return encode(HEADER, template);
}

/**
 * Reads what {@link encodeTemplate} wrote, to the bit.
 * @throws {TemplateError} on another format or version, a truncated or overlong input, or values that are not finite.
 */
export function decodeTemplate(bytes: Uint8Array): Template {
  return decode(HEADER, bytes) as Template;
}

/** The stored form of a protected template: the same under `SBP` 0x01; its key's id is not in it. @throws {TemplateError} */
export function encodeProtected(template: ProtectedTemplate): Uint8Array {
  return encode(PROTECTED_HEADER, template);
}

/** Reads what {@link encodeProtected} wrote. @param keyId of the key that turned it @throws {TemplateError} */
export function decodeProtected(bytes: Uint8Array, keyId: string): ProtectedTemplate {
  const { modelId, dim, values } = decode(PROTECTED_HEADER, bytes);
  return { modelId, dim, values, keyId } as ProtectedTemplate;
}

function encode(header: Uint8Array, template: TemplateValues): Uint8Array {
  const id = new TextEncoder().encode(template.modelId);
  if (id.length > MAX_MODEL_ID_BYTES || template.dim > MAX_DIM)
    throw new TemplateError('the template does not fit its format');
  const bytes = new Uint8Array(header.length + 1 + id.length + 2 + 4 * template.dim);
  const view = new DataView(bytes.buffer);
  bytes.set(header);
  bytes[header.length] = id.length;
  bytes.set(id, header.length + 1);
  let at = header.length + 1 + id.length;
  view.setUint16(at, template.dim, true);
  at += 2;
  template.values.forEach((value, i) => view.setFloat32(at + 4 * i, value, true));
  return bytes;
}

function decode(header: Uint8Array, bytes: Uint8Array): TemplateValues {
  if (bytes.length < header.length + 3 || header.some((byte, i) => bytes[i] !== byte))
    throw new TemplateError('not a template of a known format');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = header.length + 1;
  const idLength = view.getUint8(header.length);
  const dimAt = start + idLength;
  if (bytes.length < dimAt + 2) throw new TemplateError('the template is truncated');
  const dim = view.getUint16(dimAt, true);
  if (bytes.length !== dimAt + 2 + 4 * dim) throw new TemplateError('the template has the wrong size');
  const modelId = readUtf8(bytes.subarray(start, dimAt));
  const values = Float32Array.from({ length: dim }, (_, i) => view.getFloat32(dimAt + 2 + 4 * i, true));
  return makeTemplate(modelId, values, dim);
}

function readUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TemplateError('the model id of the template is not text');
  }
}
