import type { Provider } from '@nestjs/common';
import { IssueReceipt } from '#captures';
import type { Config } from '#config';
import type { Logger } from '#observability';
import { Platform, readSecret } from '#platform';
import { ReceiptKeys, ReceiptSigner } from '#receipts';
import { KeysFileWatch } from '../access/keys-file-watch.js';

/** Decision receipts and the keys they are signed with. */
export function receiptProviders(config: Config, logger: Logger): Provider[] {
  const { receiptKeys } = config;
  const file = 'file' in receiptKeys ? receiptKeys.file : undefined;
  return [
    {
      provide: ReceiptSigner,
      useFactory: async () =>
        new ReceiptSigner(await ReceiptKeys.parse(readSecret(receiptKeys)), { issuer: config.TOKEN_ISSUER }),
    },
    {
      provide: KeysFileWatch,
      useFactory: (signer: ReceiptSigner) => file && new KeysFileWatch(file, 'receipt keys', signer, logger),
      inject: [ReceiptSigner],
    },
    {
      provide: IssueReceipt,
      useFactory: ({ unitOfWork, keyring }: Platform, signer: ReceiptSigner) =>
        new IssueReceipt(unitOfWork, keyring, signer),
      inject: [Platform, ReceiptSigner],
    },
  ];
}
