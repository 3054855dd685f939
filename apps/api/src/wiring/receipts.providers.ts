import type { Provider } from '@nestjs/common';
import { IssueReceipt } from '#captures';
import type { Config } from '#config';
import { Platform, readSecret } from '#platform';
import { ReceiptKeys, ReceiptSigner } from '#receipts';

/** Decision receipts and the keys they are signed with. */
export function receiptProviders(config: Config): Provider[] {
  return [
    {
      provide: ReceiptSigner,
      useFactory: async () =>
        new ReceiptSigner(await ReceiptKeys.parse(readSecret(config.receiptKeys)), {
          issuer: config.TOKEN_ISSUER,
        }),
    },
    {
      provide: IssueReceipt,
      useFactory: ({ unitOfWork, keyring }: Platform, signer: ReceiptSigner) =>
        new IssueReceipt(unitOfWork, keyring, signer),
      inject: [Platform, ReceiptSigner],
    },
  ];
}
