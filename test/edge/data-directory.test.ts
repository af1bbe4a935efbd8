import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { lockDataDirectory, LockedError } from '../../src/store/lock.ts';
import { testApp } from '../support/app.ts';
import { runCommand } from '../support/command.ts';
import { keptDirectory } from '../support/directory.ts';
import { execute, PROGRAM, Running } from '../support/process.ts';

function modesIn(directory: string): Record<string, string> {
  return Object.fromEntries(readdirSync(directory).map((file) => [file, (statSync(join(directory, file)).mode & 0o777).toString(8)]));
}

describe('the data directory', () => {
  it('and all in it are for their owner alone, whatever the umask', async () => {
    const data = join(keptDirectory(), 'made', 'here');
    await using server = new Running('/bin/sh', ['-c', 'umask 0; exec "$@"', 'sh', process.execPath, PROGRAM, 'serve', '--data', data, '--port', '0']);
    await server.match(/ready on/);
    expect((await execute(['tenant', 'create', '--name', 'x', '--data', data])).code).toBe(0);
    expect((statSync(data).mode & 0o777).toString(8)).toBe('700');
    const files = ['yuding.db', 'yuding.db-shm', 'yuding.db-wal', 'yuding.key', 'yuding.lock', 'yuding.lock-journal'];
    expect(modesIn(data)).toEqual(Object.fromEntries(files.map((file) => [file, '600'])));
  });

  it('that the operator made keeps the mode that it has', async () => {
    const data = join(keptDirectory(), 'shared');
    mkdirSync(data);
    chmodSync(data, 0o750);
    await using app = await testApp({ data });
    expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
    expect((statSync(data).mode & 0o777).toString(8)).toBe('750');
  });

  it('stays locked against other processes when another server in this one was refused', async () => {
    const data = keptDirectory();
    await using first = await testApp({ data });
    await expect(createApp({ data, logLevel: 'silent' })).rejects.toThrow(LockedError);
    await using intruder = new Running(process.execPath, [PROGRAM, 'serve', '--data', data, '--port', '0']);
    await expect(intruder.match(/ready on/)).rejects.toThrow('another server is running');
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  });
});

describe('a server that is refused', () => {
  it('has not so much as opened the database, whose schema it might have changed', async () => {
    const data = keptDirectory();
    const unlock = lockDataDirectory(data);
    await expect(createApp({ data, logLevel: 'silent' })).rejects.toThrow(LockedError);
    expect(readdirSync(data).filter((name) => name.startsWith('yuding.db'))).toEqual([]);
    unlock();
    await using app = await testApp({ data });
    expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
  });
});

describe('the key file', () => {
  it('is made once, however many processes start together', async () => {
    const data = keptDirectory();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => execute(['migrate', '--data', data])));
    expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual(outcomes.map(() => ({ code: 0, stderr: '' })));
    expect(readdirSync(data).sort()).toEqual(['yuding.db', 'yuding.key']);
    const key = readFileSync(join(data, 'yuding.key'), 'utf8');
    expect(key).toMatch(/^[0-9a-f]{64}\n$/);
    await execute(['migrate', '--data', data]);
    expect(readFileSync(join(data, 'yuding.key'), 'utf8')).toBe(key);
  });

  it('differs from directory to directory', async () => {
    const keys = [keptDirectory(), keptDirectory()].map(async (data) => {
      await runCommand('migrate', '--data', data);
      return readFileSync(join(data, 'yuding.key'), 'utf8');
    });
    expect(new Set(await Promise.all(keys)).size).toBe(2);
  });

  it.each([
    ['empty', ''],
    ['too short', 'ab'.repeat(31)],
    ['too long', 'ab'.repeat(33)],
    ['cut in the middle of a byte', 'a'.repeat(63)],
    ['no hex', 'xy'.repeat(32)],
    ['hex with something behind it', `${'ab'.repeat(32)} copy`],
    ['a key and half of one', `${'ab'.repeat(32)}\n${'cd'.repeat(16)}\n`],
  ])('that is %s is refused and stays as it is', async (_what, content) => {
    const data = keptDirectory();
    const path = join(data, 'yuding.key');
    writeFileSync(path, content);
    const { code, stdout, stderr } = await runCommand('migrate', '--data', data);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(`yuding: ${path} is not a key file (64 hex digits a line): restore it from a backup\n`);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(existsSync(join(data, 'yuding.db'))).toBe(false);
  });
});
