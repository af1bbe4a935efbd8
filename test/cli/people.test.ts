import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand, runJson } from '../support/command.ts';
import { keptDirectory } from '../support/directory.ts';

/* People, departments and imports at the command line, with two tenants on one server. */
const create = async (data: string, name: string) => (await runJson<{ tenant_key: string }>('tenant', 'create', '--name', name, '--data', data)).tenant_key;

describe('people at the command line', () => {
  it('are made, changed, suspended and resumed, each in their tenant', async () => {
    const data = keptDirectory();
    const [one, two] = [await create(data, '甲'), await create(data, '乙')];
    const at = (tenant: string) => ['--data', data, '--tenant', tenant];
    const { department_id: top } = await runJson<{ department_id: string }>('department', 'create', '--name', '研发部', ...at(one));
    const { department_id } = await runJson<{ department_id: string }>('department', 'create', '--name', '平台组', '--parent', '研发部', ...at(one));
    const listed = await runJson<{ departments: object[] }>('department', 'list', ...at(one));
    expect(listed.departments).toEqual([
      { department_id: top, name: '研发部', parent_id: null, path: '研发部', custom_id: '' },
      { department_id, name: '平台组', parent_id: top, path: '研发部/平台组', custom_id: '' },
    ]);
    const given = ['--name', '可涵', '--email', 'KeHan@Example.com', '--department', '研发部/平台组', '--employee-no', 'E1'];
    const { user_id } = await runJson<{ user_id: string }>('user', 'create', ...given, ...at(one));
    const person = {
      user_id,
      name: '可涵',
      email: 'kehan@example.com',
      employee_no: 'E1',
      department_id,
      administrator: false,
      meeting_management: false,
      suspended: false,
    };
    expect((await runJson<{ users: object[] }>('user', 'list', ...at(one))).users).toContainEqual(person);
    expect((await runJson<{ users: object[] }>('user', 'list', ...at(two))).users).toHaveLength(1);
    const changed = await runJson('user', 'change', user_id, '--name', '新名', '--meeting-management', '--department', '', '--email', '', ...at(one));
    expect(changed).toEqual({ ...person, name: '新名', meeting_management: true, department_id: null, email: null });
    expect(await runJson('user', 'suspend', user_id, ...at(one))).toMatchObject({ suspended: true });
    expect(await runJson('user', 'resume', user_id, ...at(one))).toMatchObject({ suspended: false });
    expect(await runJson('user', 'change', user_id, '--no-meeting-management', ...at(one))).toMatchObject({ meeting_management: false, name: '新名' });
    const refused = async (...words: string[]) => {
      const { code, stderr } = await runCommand(...words, ...at(two));
      return [code, stderr.split('\n').length, stderr];
    };
    expect(await refused('user', 'suspend', user_id)).toEqual([1, 2, expect.stringContaining('no user') as string]);
    const { users } = await runJson<{ users: { user_id: string }[] }>('user', 'list', ...at(two));
    expect(await refused('user', 'change', users[0]?.user_id ?? '', '--no-administrator')).toEqual([
      1,
      2,
      expect.stringContaining('no administrator left') as string,
    ]);
    expect(await refused('user', 'create', '--name', 'x', '--department', '研发部')).toEqual([2, 2, expect.stringContaining('no department') as string]);
    expect(await refused('user', 'create', '--name', 'x', '--email', 'x')).toEqual([2, 2, expect.stringContaining('e-mail') as string]);
  });
});

describe('an import at the command line', () => {
  it('says what it would do, does it, and then has nothing to do', async () => {
    const data = keptDirectory();
    const tenant = await create(data, '甲');
    await create(data, '乙');
    const write = (name: string, bytes: string | Buffer) => {
      const path = join(data, name);
      writeFileSync(path, bytes);
      return path;
    };
    const words = ['--data', data, '--tenant', tenant];
    // 姓名,工号 / 张三,1 in GBK.
    const users = write('users.csv', Buffer.from('d0d5c3fb2cb9a4bac50ad5c5c8fd2c310a', 'hex'));
    const dry = await runCommand('import', 'users', users, '--dry-run', ...words);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('line 2: create user 1 (name: 张三,') as string]);
    expect((await runJson<{ users: object[] }>('user', 'list', ...words)).users).toHaveLength(1);
    expect(await runJson('import', 'users', users, ...words)).toMatchObject({ applied: true, created: 1 });
    expect(await runJson('import', 'users', users, ...words)).toMatchObject({ applied: true, created: 0, unchanged: 1 });
    expect(await runJson('import', 'levels', write('levels.csv', 'path\n北京/3层'), ...words)).toMatchObject({ created: 1 });
    expect(await runJson('import', 'rooms', write('rooms.csv', 'name;level;capacity\n松;北京/3层;8'), ...words)).toMatchObject({ created: 1 });
    const bad = await runCommand('import', 'rooms', write('bad.csv', 'name,level,capacity\n竹,天津,\u001b[31m'), ...words);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('line 2: rejected: capacity: must not contain control characters');
    expect(bad.stdout).toContain('line 2: rejected: level: there is no level 天津');
    expect(bad.stdout).not.toContain('\u001b');
    expect(bad.stderr.trim().split('\n')).toHaveLength(1);
    const gone = await runCommand('import', 'rooms', join(data, 'none.csv'), ...words);
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('none.csv') as string]);
    expect((await runCommand('import', 'apps', users, ...words)).code).toBe(2);
    expect((await runCommand('import', 'users', users, '--encoding', 'utf-8', ...words)).stderr).toContain('is not utf-8');
  });
});
