import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Asks for a new password twice without showing it; where nobody sits at a terminal, takes the first line of the input. */
export async function readNewPassword(): Promise<string> {
  if (!process.stdin.isTTY) return readLine();
  const [first, second] = await askHidden(['New password: ', 'Once more: ']);
  if (first !== second) throw new Error('The two are not the same');
  return first as string;
}

async function readLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
  }
  throw new Error('No password in the input');
}

async function askHidden(questions: readonly string[]): Promise<string[]> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    const answers: string[] = [];
    for (const question of questions) {
      process.stderr.write(question);
      answers.push(await terminal.question(''));
      process.stderr.write('\n');
    }
    return answers;
  } finally {
    terminal.close();
  }
}
