import { expect, it } from 'vitest';
import { engine, testDatabase } from '../support/database.ts';
import { keptDirectory } from '../support/directory.ts';
import { execute } from '../support/process.ts';

/** An address at which nothing listens, and on PostgreSQL also a database and a user that are not there. */
async function uselessAddresses(): Promise<string[]> {
  const nobody = [
    'postgres://user:s3cret-word@127.0.0.1:1/yuding',
    'postgres://user:s3cret-word@localhost:1/yuding',
    'postgres://u:s3cret-word@/x?host=/nowhere',
  ];
  if (engine() === 'sqlite') return nobody;
  const database = await testDatabase();
  await database.drop();
  const { databaseUrl = '' } = database;
  return [...nobody, databaseUrl, databaseUrl.replace('postgres@', 'nobody:s3cret-word@').replace(/\/t_\w+/, '/postgres')];
}

it('a database that cannot be used is one clear line, without the password', async () => {
  for (const address of await uselessAddresses()) {
    for (const command of [['migrate'], ['tenant', 'list'], ['serve', '--port', '0']]) {
      const { code, stdout, stderr } = await execute([...command, '--data', keptDirectory(), '--database-url', address]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^yuding: cannot use the PostgreSQL database: [^\n]+\n$/);
      expect(stderr).not.toContain('s3cret-word');
    }
  }
});
