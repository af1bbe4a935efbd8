import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Keys of a server, derived from its key file: one for each purpose. The file has a line for each key, the newest first: that
 * one signs and seals, while what the others sealed can still be opened.
 */
export class Keys {
  readonly #path: string;
  #roots: readonly Root[] = [];
  /** What the file looked like when it was read. */
  #seen = { mtimeMs: 0, ino: 0 };

  /** @throws KeyFileError */
  constructor(path: string) {
    this.#path = path;
    this.#read();
  }

  /** HMAC-SHA-256 of `data` under the newest key of that purpose: 32 bytes. */
  hmac(purpose: string, data: string | Buffer): Buffer {
    return this.#newest.hmac(purpose, data);
  }

  /** Encrypts what must be had back later, for the database. Opened under another purpose it is nothing. */
  seal(purpose: string, text: string): string {
    // Another process may have put a new key into the file, and may be about to take the old one out.
    this.#read();
    return this.#newest.seal(purpose, text);
  }

  /** @throws SealError when the key that sealed it is no longer in the key file, or it was tampered with */
  open(purpose: string, sealed: string): string {
    const id = keyIdOf(sealed);
    if (!this.#roots.some((root) => root.id === id)) this.#read();
    const root = this.#roots.find((one) => one.id === id);
    if (!root) throw new SealError(`${this.#path} no longer has the key ${id} under which a secret was sealed: restore it from a backup`);
    return root.open(purpose, sealed);
  }

  /** Whether the newest key sealed it. */
  isNewest(sealed: string): boolean {
    return keyIdOf(sealed) === this.#newest.id;
  }

  /** Looks whether another process has put a new key into the file, or taken old ones out. */
  refresh(): void {
    const { mtimeMs, ino } = statSync(this.#path);
    if (mtimeMs !== this.#seen.mtimeMs || ino !== this.#seen.ino) this.#read();
  }

  /** Puts a new key before the others, into the file too. */
  rotate(): void {
    writeKeyFile(this.#path, [randomBytes(32), ...readKeyFile(this.#path)]);
    this.#read();
  }

  /** Takes all keys but the newest out of the file: what they sealed and signed is worth nothing from now on. @returns how many went */
  forgetOld(): number {
    const [newest, ...old] = readKeyFile(this.#path);
    if (newest && old.length > 0) writeKeyFile(this.#path, [newest]);
    this.#read();
    return old.length;
  }

  #read(): void {
    const known = this.#roots;
    // Before it is read: what is written meanwhile is read at the next look.
    const { mtimeMs, ino } = statSync(this.#path);
    this.#seen = { mtimeMs, ino };
    this.#roots = readKeyFile(this.#path).map((secret) => known.find((root) => root.is(secret)) ?? new Root(secret));
  }

  get #newest(): Root {
    const [newest] = this.#roots;
    if (!newest) throw new Error('a key file without a key');
    return newest;
  }
}

/** A sealed secret that cannot be opened. */
export class SealError extends Error {
  override name = 'SealError';
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** One line of the key file. */
class Root {
  /** Names the key without telling it: 8 hex digits. */
  readonly id: string;
  readonly #secret: Buffer;
  readonly #derived = new Map<string, Buffer>();

  constructor(secret: Buffer) {
    this.#secret = secret;
    this.id = this.#key('key id').subarray(0, 4).toString('hex');
  }

  is(secret: Buffer): boolean {
    return this.#secret.equals(secret);
  }

  hmac(purpose: string, data: string | Buffer): Buffer {
    return createHmac('sha256', this.#key(purpose)).update(data).digest();
  }

  /** AES-256-GCM: `KEY ID.BASE64URL`, of the initialisation vector, the tag and the text. */
  seal(purpose: string, text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key(`seal ${purpose}`), iv);
    const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return `${this.id}.${Buffer.concat([iv, cipher.getAuthTag(), hidden]).toString('base64url')}`;
  }

  open(purpose: string, sealed: string): string {
    const bytes = Buffer.from(sealed.slice(sealed.indexOf('.') + 1), 'base64url');
    const [iv, tag, hidden] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES), bytes.subarray(IV_BYTES + TAG_BYTES)];
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key(`seal ${purpose}`), iv, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(tag);
      return Buffer.concat([decipher.update(hidden), decipher.final()]).toString('utf8');
    } catch {
      throw new SealError('a sealed secret was changed in the database');
    }
  }

  #key(purpose: string): Buffer {
    let key = this.#derived.get(purpose);
    if (!key) this.#derived.set(purpose, (key = Buffer.from(hkdfSync('sha256', this.#secret, '', purpose, 32))));
    return key;
  }
}

function keyIdOf(sealed: string): string {
  return sealed.slice(0, sealed.indexOf('.'));
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
  // Linked, not renamed into place: two processes that start together end up with one key.
  if (!existsSync(path)) writeKeyFile(path, [randomBytes(32)], linkIfAbsent);
  return new Keys(path);
}

function readKeyFile(path: string): Buffer[] {
  const lines = readFileSync(path, 'utf8')
    .trim()
    .split(/\s*\n\s*/);
  if (!lines.every((line) => /^[0-9a-f]{64}$/i.test(line)))
    throw new KeyFileError(`${path} is not a key file (64 hex digits a line): restore it from a backup`);
  return lines.map((line) => Buffer.from(line, 'hex'));
}

/** Written whole under another name first, so that nobody ever reads half of it. */
function writeKeyFile(path: string, secrets: readonly Buffer[], put: (draft: string, path: string) => void = renameSync): void {
  const draft = `${path}.${String(process.pid)}.${randomBytes(4).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, secrets.map((secret) => `${secret.toString('hex')}\n`).join(''));
    fsyncSync(file);
    put(draft, path);
    syncDirectory(dirname(path));
  } finally {
    closeSync(file);
    rmSync(draft, { force: true });
  }
}

function linkIfAbsent(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
