/** Members that never reach a log, wherever they stand in a logged object: a net under code that logs no such thing. */
const SECRET_MEMBERS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'client_secret',
  'clientSecret',
  'token',
  'access_token',
  'refresh_token',
  'accessToken',
  'refreshToken',
  'deviceToken',
  'initialPassword',
  'credential',
  'credentials',
  'pageCode',
  'page_code',
  'nonce',
  'template',
  'landmarks',
  'frame',
  'frames',
  'key',
  'headers',
  'body',
  'query',
];

/** How deep the net reaches. */
const PREFIXES = ['', '*', '*.*'];

/** The paths in pino's notation. */
export const REDACTED_PATHS: string[] = SECRET_MEMBERS.flatMap((member) =>
  PREFIXES.map((prefix) => `${prefix}["${member}"]`),
);
