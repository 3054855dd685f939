import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { createRemoteJWKSet, type JSONWebKeySet } from 'jose';
import { verifyReceipt, type VerifyReceiptOptions } from '#client';
import { parseEnvironment } from '#config';
import { rotateReceiptKeys } from '#receipts';
import { runningStack } from '../with-platform.js';

const FETCH_DEADLINE_MS = 5_000;

interface VerifyOptions {
  readonly jwks?: string;
  readonly audience: string;
  readonly issuer?: string;
  readonly nonce?: string;
}

export function receiptCommand(): Command {
  return new Command('receipt')
    .description('signed decisions, and the keys that sign them')
    .addCommand(verify())
    .addCommand(rotateKeys());
}

function verify(): Command {
  return new Command('verify')
    .description('verify a decision receipt and print what it says; exit 1 if it proves nothing')
    .argument('<file>', 'the receipt; - reads it from standard input')
    .requiredOption('--audience <client-id>', 'the client that the receipt must be for')
    .option(
      '--jwks <file-or-url>',
      'the public keys; default those of PUBLIC_URL or of the stack running here',
    )
    .option('--issuer <name>', 'the installation that must have signed it')
    .option('--nonce <nonce>', "the relying party's nonce that it must carry")
    .action(async (file: string, { jwks, ...expected }: VerifyOptions) => {
      const receipt = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
      const keys = await keysFrom(jwks ?? publishedKeys());
      console.log(JSON.stringify(await verifyReceipt(receipt, { ...expected, keys }), null, 2));
    });
}

function publishedKeys(): string {
  const url = parseEnvironment(process.env).PUBLIC_URL ?? runningStack(process.env)?.urls[0];
  if (!url) throw new Error('Name the keys with --jwks: no stack is running here and PUBLIC_URL is not set');
  return new URL('/.well-known/receipt-jwks.json', url).href;
}

async function keysFrom(place: string): Promise<VerifyReceiptOptions['keys']> {
  if (/^https?:\/\//.test(place))
    return createRemoteJWKSet(new URL(place), { timeoutDuration: FETCH_DEADLINE_MS });
  return JSON.parse(await readFile(place, 'utf8')) as JSONWebKeySet;
}

function rotateKeys(): Command {
  return new Command('rotate-keys')
    .description(
      'draw a new signing key; the one before keeps its public half, so that its receipts stay verifiable',
    )
    .argument('<file>', 'the key set (RECEIPT_KEYS_FILE)')
    .action(async (file: string) => {
      const rotated = rotateReceiptKeys(await readFile(file, 'utf8'));
      const fresh = `${file}.${process.pid}`;
      try {
        await writeFile(fresh, rotated, { mode: 0o600, flag: 'wx', flush: true });
        await rename(fresh, file);
      } finally {
        await rm(fresh, { force: true });
      }
      console.log('rotated; API processes that follow this file sign with the new key within two seconds');
    });
}
