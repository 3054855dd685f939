export {
  type Receipt,
  ReceiptError,
  type ReceiptFault,
  verifyReceipt,
  type VerifyReceiptOptions,
} from './receipt.js';
