/** The MediaPipe packages read `navigator` while they are imported, and Node 20 has none. */
if (!('navigator' in globalThis)) {
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'node' }, configurable: true });
}
