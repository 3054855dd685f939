const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,99}$/u;

/** One spelling of a login name, so that `Alice` and `alice`, or two encodings of one letter, are the same account. */
export function normalizeUserName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Whether a normalized name may be given to an account: 1 to 100 letters, digits and `._@+-`, beginning with a letter or digit. */
export function isUserName(name: string): boolean {
  return NAME.test(name);
}
