import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { requireFitGround, requireFitServer, unfitness, UnfitError, type Ground } from '../../src/store/guard.ts';
import { temporaryDirectory } from '../support/app.ts';

const EXT4 = 0xef53;
const fit: Ground = { path: '/data/yuding.db', sqliteVersion: '3.53.0', fileSystem: EXT4, owner: 1000, user: 1000 };

describe('the ground that SQLite stands on', () => {
  it.each<[string, Partial<Ground>, RegExp | undefined]>([
    ['a local disk', {}, undefined],
    ['the oldest version that is safe', { sqliteVersion: '3.51.3' }, undefined],
    ['a version that only looks newer', { sqliteVersion: '3.9.9' }, /SQLite 3\.9\.9 .* 3\.51\.3 or newer/],
    ['the last version with the fault', { sqliteVersion: '3.51.2' }, /SQLite 3\.51\.2/],
    ['a later major version', { sqliteVersion: '4.0.0' }, undefined],
    ['NFS', { fileSystem: 0x6969 }, /network file system \(NFS\).*PostgreSQL/],
    ['CIFS', { fileSystem: 0xff534d42 }, /network file system \(CIFS\)/],
    ['CIFS, as a signed number', { fileSystem: 0xff534d42 | 0 }, /network file system \(CIFS\)/],
    ['another owner', { owner: 0 }, /belongs to user 0, and this process runs as user 1000/],
    ['a platform without owners', { owner: 0, user: undefined }, undefined],
  ])('%s', (_what, facts, sentence) => {
    const found = unfitness({ ...fit, ...facts });
    if (sentence) expect(found).toMatch(sentence);
    else expect(found).toBeUndefined();
  });

  it.each([
    [149_999, /^PostgreSQL 14 is too old: 15 or newer is needed$/],
    [90_624, /^PostgreSQL 9 is too old/],
    [0, /too old/],
  ])('PostgreSQL %i', (version, sentence) => {
    expect(() => {
      requireFitServer(version);
    }).toThrow(sentence);
    expect(() => {
      requireFitServer(150_000);
    }).not.toThrow();
  });

  it("refuses somebody else's file before it touches it", async () => {
    const data = temporaryDirectory();
    await (await openStore({ data, databaseUrl: undefined })).close();
    // Only root can give a file away; anybody else finds a file of root's.
    const asRoot = process.getuid?.() === 0;
    if (asRoot) chownSync(join(data, 'yuding.db'), 12_345, 12_345);
    const somebodyElses = asRoot ? join(data, 'yuding.db') : '/etc/passwd';
    expect(() => {
      requireFitGround(somebodyElses, '3.53.0');
    }).toThrow(UnfitError);
    if (asRoot) await expect(openStore({ data, databaseUrl: undefined })).rejects.toThrow(UnfitError);
  });
});
