import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../src/cli/csv.ts';
import { createUser } from '../../src/domain/users.ts';
import { tester, testApp, testTenant } from '../support/app.ts';
import { runCommand } from '../support/command.ts';

describe('a line of CSV', () => {
  it.each([
    ['plain', 'plain'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\r=1', `"'\r=1"`],
    ['a=1', 'a=1'],
    ['=a,"b"', `"'=a,""b"""`],
    ['a\nb', '"a\nb"'],
    ['', ''],
  ])('writes %j as %j', (value, written) => {
    expect(csvLine([value])).toBe(`${written}\r\n`);
  });

  it('leaves numbers and what is not there as they are', () => {
    expect(csvLine([-1, null, 2])).toBe('-1,,2\r\n');
  });
});

describe('yuding audit export', () => {
  it('writes all rows of the tenant, or those of a period, in both formats', async () => {
    await using app = await testApp({ databaseUrl: undefined });
    const tenant = await testTenant(app);
    await testTenant(app);
    const { tenantId } = tenant;
    for (let i = 0; i < 1100; i++) {
      if (i === 1000) app.clock.advance(3600);
      const user = { tenantId, name: i === 0 ? '=cmd|x' : `user ${String(i)}`, managesMeetings: false, isAdministrator: false };
      await createUser(app.ctx, tester, user);
    }
    const stored = await app.ctx.db.kysely.selectFrom('history').selectAll().where('tenant_id', '=', tenantId).orderBy('at').orderBy('id').execute();
    const words = ['audit', 'export', '--data', app.ctx.config.data, '--tenant', tenant.tenantKey];
    const jsonl = await runCommand(...words, '--format', 'jsonl');
    expect(jsonl).toMatchObject({ code: 0, stderr: '' });
    const rows = jsonl.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; after: object });
    expect(rows.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
    expect(rows.at(-1)?.after).toMatchObject({ name: 'user 1099' });
    const csv = await runCommand(...words);
    const records = parse<Record<string, string>>(csv.stdout, { columns: true });
    expect(records.map(({ id }) => Number(id))).toEqual(stored.map(({ id }) => id));
    const period = await runCommand(...words, '--from', String(app.clock.now()), '--format', 'jsonl');
    expect(period.stdout.trimEnd().split('\n')).toHaveLength(100);
  });
});
