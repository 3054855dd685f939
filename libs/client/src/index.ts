export { type CaptureEvent } from './capture-events.js';
export {
  type CallOptions,
  type CaptureFilter,
  type ClientOptions,
  type CreateOptions,
  type Credentials,
  SecureBiometricClient,
  type WaitOptions,
} from './client.js';
export { ConnectionError, ProblemError, WaitTimeoutError } from './problem-error.js';
export {
  type Receipt,
  ReceiptError,
  type ReceiptFault,
  verifyReceipt,
  type VerifyReceiptOptions,
} from './receipt.js';
export { type Call, type TransportOptions } from './transport.js';
export * from './types.js';
export {
  type VerifiedWebhook,
  verifyWebhook,
  type VerifyWebhookOptions,
  WebhookError,
  type WebhookFault,
  type WebhookHeaders,
} from './webhook.js';
