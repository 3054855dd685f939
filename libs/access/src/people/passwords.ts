import { hash, verify } from '@node-rs/argon2';
import { randomToken } from '#crypto';
import { ProblemError } from '#errors';
import { normalizePassword } from './password-policy.js';
import { Turns } from './turns.js';

/** Argon2id, which is the library's default, with OWASP's parameters: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };
const CURRENT = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$`;

export interface PasswordLimits {
  /** Computations at once: each holds 19 MiB and a thread that files and DNS need too. */
  readonly concurrency: number;
  /** Checks begun and not finished, from which on further ones are refused. */
  readonly backlog: number;
}

/** Hashes and checks passwords, a bounded number at a time, so that a flood of logins cannot starve the process. */
export class Passwords {
  private readonly turns: Turns;
  private admitted = 0;
  private nobody: Promise<string> | undefined;

  constructor(private readonly limits: PasswordLimits = { concurrency: 2, backlog: 64 }) {
    this.turns = new Turns(limits.concurrency);
  }

  /** Runs `work`, which checks passwords, as one of the backlog. @throws ProblemError login_busy before it begins */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.admitted >= this.limits.backlog) throw new ProblemError('login_busy');
    this.admitted += 1;
    try {
      return await work();
    } finally {
      this.admitted -= 1;
    }
  }

  /** @returns a PHC string with a random salt of 16 bytes */
  hash(password: string): Promise<string> {
    return this.turns.take(() => hash(normalizePassword(password), COST));
  }

  /** Whether it is the hashed password. With no hash to compare with, as of an unknown user, it is not, and that takes as long. */
  async matches(stored: string | undefined, password: string): Promise<boolean> {
    this.nobody ??= this.hash(randomToken());
    const against = stored ?? (await this.nobody);
    const same = await this.turns.take(() => verify(against, normalizePassword(password)));
    return same && stored !== undefined;
  }

  /** Whether it was hashed with other parameters than new ones are. */
  isOutdated(stored: string): boolean {
    return !stored.startsWith(CURRENT);
  }
}
