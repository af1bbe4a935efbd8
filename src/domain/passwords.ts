import { deleteLinks } from '../store/one-time-links.ts';
import { addHistory, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { putPassword } from '../store/passwords.ts';
import { DomainError } from './errors.ts';

/** Characters (code points) that a password has. */
export const PASSWORD_LENGTH = { least: 10, most: 200 } as const;

/** What argon2id costs for each password: 19 MiB, twice over, in one thread. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Hashes at once: Node has four threads for such work, and others wait for them too. */
const AT_ONCE = 2;
/** Hashes that may wait for their turn, a few seconds' worth. */
const MOST_WAITING = 200;

/** Nobody's password, at the usual cost: what a try at an account without one is compared with. */
const NOBODYS = '$argon2id$v=19$m=19456,t=2,p=1$/pMboS1m988RP9ilqw3Sxg$UGmDuOnmv3HctvW9YpMSdibFRYt4vXuSza14ekhDTkQ';

/** Too many people sign in at once. */
export class BusyError extends DomainError {
  override name = 'BusyError';

  constructor() {
    super('busy', 'too many people sign in at once: try again in a few seconds');
  }
}

/** Hashes passwords and compares them, a few at once: the rest of the server must not wait for it. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @returns argon2id in PHC form @throws BusyError */
  hash(password: string): Promise<string> {
    return this.#inTurn(({ hash }) => hash(normal(password), COST));
  }

  /** Whether it is the password behind a hash. Without a hash it is not, which takes as long to say. @throws BusyError */
  matches(hash: string | undefined, password: string): Promise<boolean> {
    return this.#inTurn(async ({ verify }) => (await verify(hash ?? NOBODYS, normal(password))) && hash !== undefined);
  }

  async #inTurn<Result>(work: (argon2: typeof import('@node-rs/argon2')) => Promise<Result>): Promise<Result> {
    if (this.#running < AT_ONCE) this.#running++;
    else if (this.#waiting.length >= MOST_WAITING) throw new BusyError();
    // Whoever ends gives its turn to the first that waits.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      // Loaded when it is needed first: a server starts without.
      const { default: argon2 } = await import('@node-rs/argon2');
      return await work(argon2);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

/** One form for what different keyboards make of the same letters. */
function normal(password: string): string {
  return password.normalize('NFKC');
}

/** Why a password is not taken. */
export type PasswordFault = 'short' | 'long' | 'own' | 'common';

/** A password that is not taken. */
export class PasswordError extends DomainError {
  override name = 'PasswordError';
  readonly fault: PasswordFault;

  constructor(fault: PasswordFault) {
    super('param', sentences[fault], 'password');
    this.fault = fault;
  }
}

const sentences: Readonly<Record<PasswordFault, string>> = {
  short: `must have ${String(PASSWORD_LENGTH.least)} characters or more`,
  long: `must have ${String(PASSWORD_LENGTH.most)} characters or fewer`,
  own: 'must not be the name or the e-mail address',
  common: 'is one of the passwords that everybody tries first',
};

/** Of the commonest passwords those that are long enough. */
const COMMON = new Set(
  `1234567890 0123456789 0987654321 12345678910 123456789a a123456789 aa123456789 123456789abc abc123456789 qq123456789 1234567890a 1111111111
  0000000000 9999999999 8888888888 6666666666 1122334455 1212121212 1231231234 123123123123 1357924680 1q2w3e4r5t 1qaz2wsx3edc q1w2e3r4t5
  qwertyuiop qwertyuiop123 qwerty1234 qwerty12345 qwerty123456 asdfghjkl123 asdfghjkl1 zxcvbnm123 password01 password11 password12
  password123 password1234 password12345 passw0rd123 p@ssw0rd123 p@ssword123 administrator admin12345 admin123456 adminadmin letmein123
  welcome123 welcome1234 changeme123 iloveyou123 iloveyou12 sunshine123 princess123 football123 baseball123 superman123 monkey12345
  woaini1314 woaini520 woaini1314520 5201314520 5201314woaini woaiwojia1314 147258369a 1472583690 7418529630 abcd123456 abcdefghij abc1234567`.split(/\s+/),
);

/** @throws PasswordError */
export function requireGoodPassword(password: string, { name, email }: { name: string; email: string | null }): void {
  const text = normal(password);
  const length = Array.from(text).length;
  if (length < PASSWORD_LENGTH.least) throw new PasswordError('short');
  if (length > PASSWORD_LENGTH.most) throw new PasswordError('long');
  const plain = bare(text);
  if ([name, email ?? '', (email ?? '').split('@')[0] ?? ''].some((own) => bare(own) === plain)) throw new PasswordError('own');
  if (COMMON.has(plain)) throw new PasswordError('common');
}

function bare(text: string): string {
  return normal(text).toLowerCase().replace(/\s/g, '');
}

/** Sets a person's password. Links with which it could have been set are worth nothing any more. */
export async function setPassword(tx: Queries, actor: Actor, { tenantId, userId, hash, at }: { tenantId: number; userId: string; hash: string; at: number }) {
  await putPassword(tx, { tenantId, userId, hash, at });
  await deleteLinks(tx, tenantId, 'password', userId);
  await addHistory(tx, { tenantId, at, actor, action: 'password.set', object: { kind: 'user', id: userId } });
}
