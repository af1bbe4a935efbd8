import { statfsSync, statSync } from 'node:fs';

/** What decides whether SQLite can be trusted with a file. */
export interface Ground {
  path: string;
  sqliteVersion: string;
  /** Kind of the file system (`f_type` of statfs). */
  fileSystem: number;
  /** Owner of the file, and who we are; undefined where the platform knows no such thing. */
  owner: number;
  user: number | undefined;
}

/** The ground does not hold. */
export class UnfitError extends Error {
  override name = 'UnfitError';
}

/** Before it, a write-ahead log could be reset under a reader, and the database be damaged. */
const OLDEST_SQLITE = [3, 51, 3];

/** File systems whose locks do not keep two machines apart. Numbers from Linux's `magic.h`. */
const NETWORK_FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB2',
  0x5346414f: 'AFS',
  0x00c36400: 'Ceph',
};

/** One sentence when SQLite must not be used there; undefined when it may. */
export function unfitness({ path, sqliteVersion, fileSystem, owner, user }: Ground): string | undefined {
  if (isOlder(sqliteVersion)) return `SQLite ${sqliteVersion} can damage a database that two connections use: ${OLDEST_SQLITE.join('.')} or newer is needed`;
  const network = NETWORK_FILE_SYSTEMS[fileSystem >>> 0];
  if (network) return `${path} is on a network file system (${network}), where SQLite's locks are not safe: use a local disk, or PostgreSQL`;
  if (user !== undefined && owner !== user) {
    return `${path} belongs to user ${String(owner)}, and this process runs as user ${String(user)}: run it as its owner, or give it the file`;
  }
  return undefined;
}

/** @throws UnfitError */
export function requireFitGround(path: string, sqliteVersion: string): void {
  const ground = { path, sqliteVersion, fileSystem: statfsSync(path).type, owner: statSync(path).uid, user: process.getuid?.() };
  const sentence = unfitness(ground);
  if (sentence) throw new UnfitError(sentence);
}

/** The oldest PostgreSQL that the tests run on, as `server_version_num` has it. */
const OLDEST_POSTGRES = 150_000;

/** @throws UnfitError when a PostgreSQL server is too old */
export function requireFitServer(versionNumber: number): void {
  if (versionNumber < OLDEST_POSTGRES) {
    throw new UnfitError(`PostgreSQL ${String(Math.floor(versionNumber / 10_000))} is too old: ${String(OLDEST_POSTGRES / 10_000)} or newer is needed`);
  }
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [i, oldest] of OLDEST_SQLITE.entries()) {
    const part = parts[i] ?? 0;
    if (part !== oldest) return part < oldest;
  }
  return false;
}
