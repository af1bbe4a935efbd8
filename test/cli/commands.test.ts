import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { runCommand, runJson } from '../support/command.ts';
import { keptDirectory } from '../support/directory.ts';

const commands: readonly [words: string, options: readonly string[]][] = [
  ['serve', ['--host', '--port', '--demo', '--data', '--json']],
  ['migrate', ['--data', '--json']],
  ['demo', ['--seed', '--at', '--rooms', '--days', '--reservations', '--env', '--data', '--json']],
  ['tenant create', ['--name', '--time-zone', '--administrator', '--email', '--data', '--json']],
  ['tenant list', ['--data', '--json']],
  ['user create', ['--name', '--email', '--department', '--employee-no', '--tenant', '--meeting-management', '--administrator', '--data', '--json']],
  ['user list', ['--tenant', '--data', '--json']],
  ['user change', ['<user>', '--name', '--email', '--department', '--employee-no', '--no-meeting-management', '--no-administrator', '--tenant', '--json']],
  ['user link', ['<user>', '--tenant', '--public-url', '--data', '--json']],
  ['user suspend', ['<user>', '--tenant', '--data', '--json']],
  ['user resume', ['<user>', '--tenant', '--data', '--json']],
  ['user anonymise', ['<user>', '--yes', '--tenant', '--data', '--json']],
  ['app create', ['--name', '--scopes', '--kind', '--redirect-uri', '--creator', '--tenant', '--data', '--json']],
  ['app list', ['--tenant', '--data', '--json']],
  ['app change', ['<app>', '--name', '--scopes', '--redirect-uri', '--data', '--json']],
  ['app rotate', ['<app>', '--data', '--json']],
  ['app revoke', ['<app>', '--data', '--json']],
  ['app install', ['<app>', '--tenant', '--scopes', '--creator', '--data', '--json']],
  ['app uninstall', ['<app>', '--tenant', '--data', '--json']],
  ['app tenants', ['<app>', '--data', '--json']],
  ['app push', ['<app>', '--url', '--encrypt-key', '--verification-token', '--clear', '--data', '--json']],
  ['token user', ['--app', '--user', '--scopes', '--expires', '--data', '--json']],
  ['device create', ['--room', '--kind', '--name', '--tenant', '--data', '--json']],
  ['device list', ['--room', '--tenant', '--data', '--json']],
  ['device rotate', ['<device>', '--tenant', '--data', '--json']],
  ['device revoke', ['<device>', '--tenant', '--data', '--json']],
  ['audit export', ['--from', '--to', '--format', '--tenant', '--data', '--json']],
  ['department create', ['--name', '--parent', '--custom-id', '--tenant', '--data', '--json']],
  ['department list', ['--tenant', '--data', '--json']],
  ['import', ['<kind>', '<file>', '--dry-run', '--encoding', '--tenant', '--data', '--json']],
];

describe('help', () => {
  it.each(commands)('%s --help names every option', async (words, options) => {
    const { code, stdout, stderr } = await runCommand(...words.split(' '), '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: yuding ${words} [options]`);
    for (const option of options) expect(stdout).toContain(option);
  });

  it('lists every command, by group', async () => {
    const listed = async (...words: string[]) =>
      [...(await runCommand(...words, '--help')).stdout.matchAll(/^ {2}([a-z]+) (?:\[|<)/gm)].map(([, name]) => name).filter((name) => name !== 'help');
    const expected = new Set(commands.map(([words]) => words.split(' ')[0]));
    expect(new Set([...(await listed()), 'tenant', 'user', 'app', 'token', 'device', 'audit', 'department'])).toEqual(expected);
    for (const group of ['tenant', 'user', 'app', 'token', 'device', 'audit', 'department']) {
      expect((await listed(group)).map((name) => `${group} ${String(name)}`)).toEqual(
        commands.map(([words]) => words).filter((words) => words.startsWith(`${group} `)),
      );
    }
  });

  it('tells the version', async () => {
    expect(await runCommand('--version')).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });
});

/** A directory with a tenant and an app, made at the command line. */
async function office() {
  const data = ['--data', keptDirectory()] as const;
  const tenant = await runJson<{ tenant_key: string; room_level_id: string; administrator: string }>('tenant', 'create', '--name', '云杉', ...data);
  const app = await runJson<{ app_id: string; app_secret: string; creator: string; scopes: string[] }>(
    'app',
    'create',
    '--name',
    'Ledger',
    '--scopes',
    'vc:room:readonly,vc:room',
    '--scopes',
    ' vc:export , vc:room ',
    ...data,
  );
  return { data, tenant, app };
}

describe('commands', () => {
  it('make and list a tenant, its people and its apps', async () => {
    const { data, tenant, app } = await office();
    expect(tenant).toEqual({
      tenant_key: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      room_level_id: expect.stringMatching(/^omb_[0-9a-f]{32}$/) as string,
      administrator: expect.stringMatching(/^ou_[0-9a-f]{32}$/) as string,
    });
    expect(app).toEqual({
      app_id: expect.stringMatching(/^cli_[0-9a-f]{16}$/) as string,
      app_secret: expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string,
      tenant_key: tenant.tenant_key,
      creator: tenant.administrator,
      scopes: ['vc:room:readonly', 'vc:room', 'vc:export'],
      kind: 'custom',
      redirect_uris: [],
    });
    const user = await runJson<{ user_id: string }>('user', 'create', '--name', ' 可涵 ', '--meeting-management', ...data);
    expect(user).toEqual({ user_id: expect.stringMatching(/^ou_[0-9a-f]{32}$/) as string, name: '可涵' });
    const member = await runJson<{ user_id: string }>('user', 'create', '--name', 'Ada', '--tenant', tenant.tenant_key, ...data);

    expect(await runJson('tenant', 'list', ...data)).toEqual({
      tenants: [
        {
          tenant_key: tenant.tenant_key,
          name: '云杉',
          time_zone: 'Asia/Shanghai',
          room_level_id: tenant.room_level_id,
          demo: false,
          created_at: expect.any(Number) as number,
        },
      ],
    });
    const { users } = await runJson<{ users: { user_id: string; administrator: boolean; meeting_management: boolean }[] }>('user', 'list', ...data);
    expect(new Map(users.map((row) => [row.user_id, [row.administrator, row.meeting_management]]))).toEqual(
      new Map([
        [tenant.administrator, [true, true]],
        [user.user_id, [false, true]],
        [member.user_id, [false, false]],
      ]),
    );
    expect(await runJson('app', 'list', ...data)).toEqual({
      apps: [
        {
          app_id: app.app_id,
          name: 'Ledger',
          scopes: app.scopes,
          kind: 'custom',
          redirect_uris: [],
          creator: tenant.administrator,
          revoked: false,
          created_at: expect.any(Number) as number,
        },
      ],
    });
  });

  it('give secrets and tokens', async () => {
    const { data, tenant, app } = await office();
    const rotated = await runJson('app', 'rotate', app.app_id, ...data);
    expect(rotated).toEqual({ app_id: app.app_id, app_secret: expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string });
    expect(rotated.app_secret).not.toBe(app.app_secret);
    const grant = ['token', 'user', '--app', app.app_id, '--user', tenant.administrator];
    expect(await runJson(...grant, '--scopes', 'vc:room:readonly', '--scopes', 'vc:room', '--expires', '60', ...data)).toEqual({
      access_token: expect.stringMatching(/^u-[\w-]{48}$/) as string,
      expires_in: 60,
      scopes: ['vc:room:readonly', 'vc:room'],
    });
    expect(await runJson(...grant, '--scopes', 'vc:room', ...data)).toMatchObject({ expires_in: 7200 });
    expect(await runJson('app', 'revoke', app.app_id, ...data)).toEqual({ app_id: app.app_id, revoked: true });
    expect(await runJson('app', 'list', ...data)).toMatchObject({ apps: [{ app_id: app.app_id, revoked: true }] });
  });

  it('name who made an app, when it was somebody else than the first administrator', async () => {
    const { data } = await office();
    const { user_id } = await runJson<{ user_id: string }>('user', 'create', '--name', 'Ada', ...data);
    expect(await runJson('app', 'create', '--name', 'Hers', '--creator', user_id, ...data)).toMatchObject({ creator: user_id, scopes: [] });
  });

  it('bring the schema up to date, as often as they are asked', async () => {
    const data = ['--data', keptDirectory()];
    const first = await runJson('migrate', ...data);
    expect(first).toMatchObject({ schema: 'current' });
    expect(await runJson('migrate', ...data)).toEqual(first);
  });
});

describe('for people', () => {
  it('everything is said in lines, the secret in one of them', async () => {
    const { data, tenant, app } = await office();
    const said = async (...words: string[]) => {
      const { code, stdout, stderr } = await runCommand(...words, ...data);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.endsWith('\n')).toBe(true);
      return stdout;
    };
    expect(await said('migrate')).toContain('up to date');
    expect(await said('tenant', 'list')).toMatch(new RegExp(`^TENANT KEY +TIME ZONE +NAME\n${tenant.tenant_key} +Asia/Shanghai +云杉\n$`));
    expect(await said('user', 'list')).toMatch(new RegExp(`^USER ID .*\n${tenant.administrator} +administrator +Administrator\n$`));
    expect(await said('app', 'list')).toMatch(new RegExp(`^APP ID .*\n${app.app_id} +Ledger +vc:room:readonly,vc:room,vc:export\n$`));
    expect(await said('user', 'create', '--name', 'Ada')).toMatch(/^ou_[0-9a-f]{32}\n$/);
    expect(await said('app', 'create', '--name', 'b')).toMatch(/^app_id +cli_\w+\napp_secret +\w{32} .*\ntenant_key +[0-9a-f]{16}\n$/);
    expect(await said('app', 'rotate', app.app_id)).toMatch(/^app_secret +\w{32} +\(shown once\)\n$/);
    expect(await said('token', 'user', '--app', app.app_id, '--user', tenant.administrator, '--scopes', 'vc:room:readonly')).toMatch(/^u-[\w-]{48}\n$/);
    expect(await said('app', 'revoke', app.app_id)).toBe(`${app.app_id} is revoked.\n`);
    expect(await said('app', 'list')).toMatch(new RegExp(`${app.app_id} +revoked +Ledger`));
  });

  it('a scope that nothing asks for is noted, beside the answer', async () => {
    const { data } = await office();
    const { code, stdout, stderr } = await runCommand('app', 'create', '--name', 'c', '--scopes', 'vc:room:readonyl', '--json', ...data);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ scopes: ['vc:room:readonyl'] });
    expect(stderr).toMatch(/^note: .*vc:room:readonyl.*vc:room:readonly.*\n$/);
  });
});
