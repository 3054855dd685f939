/**
 * The board's pages run their own scripts only and talk to their own origin only: whatever a job might carry cannot be sent anywhere.
 * Inline styles are allowed because the dashboard positions its menus with them.
 */
export const BOARD_CSP = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `font-src 'self'`,
  `connect-src 'self'`,
  `base-uri 'self'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');
