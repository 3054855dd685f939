/** Something that must be found nowhere, and every form in which it could lie there. */
export interface Needle {
  readonly name: string;
  readonly forms: readonly Buffer[];
}

/** Shorter ones would be found by chance. */
const LEAST_BYTES = 12;

/** A secret text, such as a token, in itself and in every encoding of its bytes. */
export function secretNeedle(name: string, text: string): Needle {
  return bytesNeedle(name, Buffer.from(text));
}

/**
 * Bytes as they are, in hexadecimal, in base64 wherever in a longer text they begin, as a list of numbers, and as a text that
 * mistook them for Latin-1, plain and escaped in JSON.
 */
export function bytesNeedle(name: string, bytes: Uint8Array): Needle {
  const raw = Buffer.from(bytes);
  if (raw.length < LEAST_BYTES) throw new RangeError(`${name} is too short to be searched for`);
  const hex = raw.toString('hex');
  const latin1 = raw.toString('latin1');
  const texts = [
    hex,
    hex.toUpperCase(),
    [...raw].join(','),
    latin1,
    JSON.stringify(latin1).slice(1, -1),
    ...[0, 1, 2].flatMap((offset) => base64Within(raw, offset)),
  ];
  return { name, forms: [raw, ...texts.map((text) => Buffer.from(text))] };
}

/** Numbers, such as a template's, as bytes and as JSON writes them. */
export function numbersNeedle(name: string, values: Float32Array): Needle {
  const bytes = bytesNeedle(name, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const texts = [...values].map(String).filter((text) => text.length >= LEAST_BYTES);
  return { name, forms: [...bytes.forms, ...texts.slice(0, 4).map((text) => Buffer.from(text))] };
}

/** Needles of a few stretches of long data: finding any of them is finding a part of it. */
export function stretchesOf(name: string, data: Uint8Array, length = 24): Needle[] {
  return [0.3, 0.5, 0.7, 0.9].map((share) => {
    const at = Math.floor(share * (data.length - length));
    return bytesNeedle(`${name} at ${at}`, data.subarray(at, at + length));
  });
}

/** The names of the needles that lie in the haystack. */
export function foundIn(haystack: Buffer, needles: readonly Needle[]): string[] {
  return needles.filter(({ forms }) => forms.some((form) => haystack.includes(form))).map(({ name }) => name);
}

/** What base64 text must contain, in both alphabets, if these bytes begin `offset` bytes into a group of three. */
function base64Within(bytes: Buffer, offset: number): string[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replaceAll('=', '');
  // The characters at both ends mix in bits of the neighbours.
  const certain = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')];
}
