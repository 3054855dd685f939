/**
 * Constants computed by an independent implementation (Python `cryptography`): keys are SHA-256 of "golden k1" and so on,
 * IVs count up. A change that breaks one of them cannot read stored data.
 */
export const GOLDEN = {
  k1: 'zI63sP2qd6p8l07/dLsEGtXxfnk0/SszSUc7AdzRs/Y=',
  k2: 'VvY0AWpdlfanJZfT5MS6dTXu6WbIoxy2DOXu9xH+icM=',
  d1: 'ysoZKvNbhZl3NAG6zs56b54+Du0xizacbJPE2cNa3WA=',
  t1: 'kSdQzFii3umgnYoJwibiWoSzAxdHHewa9V55BZ/qRrE=',
  dataKey: 'd09e69a31ac646f8bef598b3b3fba9169acc0f9b65c780c4f32633634b6dd5d1',
  /** The data key under k1 for tenant-1, subject, subject-1. */
  wrapped:
    '01000102030405060708090a0bb82eb1c98de8d4646b02706c68f8b8a9b50d5e00f6f25a1506f612ceca03a9ff1bb3e53ad05b3b72ff0e02be3d15e4c4',
  /** tenant-1, capture, capture-é, frame, no model, name 0. */
  frameAad:
    '000000177365637572652d62696f6d65747269632f6161642f76310000000874656e616e742d3100000007636170747572650000000a636170747572652dc3a9000000056672616d6500000000000000020130',
  /** tenant-1, subject, subject-1, template, mobilefacenet@1, no name. */
  templateAad:
    '000000177365637572652d62696f6d65747269632f6161642f76310000000874656e616e742d31000000077375626a656374000000097375626a6563742d310000000874656d706c61746500000010016d6f62696c65666163656e6574403100000000',
  /** "plaintext of a frame" under the data key and the frame's associated data. */
  sealed:
    '016465666768696a6b6c6d6e6fc286e57a8b701ab2a1dade39eaf6844db2159e4a583d552ac6320dede706d1dba200bd4b',
  /** Label "replay" from d1. */
  derived: '8f5c740d89f61af0656697944edb9d269edbb58a1f7bbc967a3748276d2f592a',
  /** Label "ab", "c" from t1, and the first 20 bytes of its AES-256-CTR key stream. */
  subkey: '053857cae9598adde29d7a74a463d94223cfbf9224ab482c6f4d331cc41a74e5',
  keystream: '25a1d6cf5945ec817cb2fca92fc6d459b3951e6a',
  /** Parts "ab", "c", "" under d1. */
  hmac: '66849b146f92b727405ed98839c4a1a30e64ef01db4e9b64032ec8cda3a7d9d6',
} as const;
