export { type ReceiptJwk, ReceiptKeys, rotateReceiptKeys } from './receipt-keys.js';
export { RECEIPT_TYPE, type ReceiptClaims, ReceiptSigner } from './receipt-signer.js';
