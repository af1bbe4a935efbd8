import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Keys of a server, derived from its key file: one for each purpose. */
export class Keys {
  readonly #root: Buffer;
  readonly #derived = new Map<string, Buffer>();

  constructor(root: Buffer) {
    this.#root = root;
  }

  /** HMAC-SHA-256 of `data` under the key of that purpose: 32 bytes. */
  hmac(purpose: string, data: string | Buffer): Buffer {
    let key = this.#derived.get(purpose);
    if (!key) this.#derived.set(purpose, (key = Buffer.from(hkdfSync('sha256', this.#root, '', purpose, 32))));
    return createHmac('sha256', key).update(data).digest();
  }
}

/** The key file is there, and is none. */
export class KeyFileError extends Error {
  override name = 'KeyFileError';
}

const FILE = 'yuding.key';

/** Reads the key file of a data directory; makes one, for its owner's eyes only, where there is none. @throws KeyFileError */
export function openKeys(dataDirectory: string): Keys {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const path = join(dataDirectory, FILE);
  if (!existsSync(path)) createKeyFile(path);
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new KeyFileError(`${path} is not a key file (64 hex digits): restore it from a backup`);
  return new Keys(Buffer.from(text, 'hex'));
}

/** Written whole under another name first, then linked into place: two processes that start together end up with one key. */
function createKeyFile(path: string): void {
  const draft = `${path}.${String(process.pid)}.${randomBytes(4).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${randomBytes(32).toString('hex')}\n`);
    fsyncSync(file);
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(file);
    rmSync(draft);
  }
}
