import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/app.ts';
import { runCommand, runJson } from '../support/command.ts';
import { keptDirectory } from '../support/directory.ts';
import { execute } from '../support/process.ts';
import { contentsOf } from '../support/rows.ts';

let data: string;
let tenant: { tenant_key: string; administrator: string };
let app: { app_id: string };
let revoked: { app_id: string };
let stranger: { user_id: string };

beforeAll(async () => {
  data = temporaryDirectory();
  const at = ['--data', data] as const;
  tenant = await runJson('tenant', 'create', '--name', 'One', ...at);
  app = await runJson('app', 'create', '--name', 'App', ...at);
  revoked = await runJson('app', 'create', '--name', 'Revoked', ...at);
  await runCommand('app', 'revoke', revoked.app_id, ...at);
  const { tenant_key } = await runJson<{ tenant_key: string }>('tenant', 'create', '--name', 'Two', ...at);
  stranger = await runJson('user', 'create', '--name', 'Stranger', '--tenant', tenant_key, ...at);
});
afterAll(() => {
  rmSync(data, { recursive: true });
});

/** Words in capitals stand for ids that are there. */
function ids(word: string): string {
  const known: Record<string, string> = {
    APP: app.app_id,
    REVOKED: revoked.app_id,
    TENANT: tenant.tenant_key,
    USER: tenant.administrator,
    STRANGER: stranger.user_id,
  };
  return known[word] ?? word;
}

const NOBODY = `ou_${'0'.repeat(32)}`;
const NO_APP = `cli_${'0'.repeat(16)}`;
const LONG = 'x'.repeat(201);

describe('a command that cannot be done says why in one line and changes nothing', () => {
  it.each<[command: string, words: string[], code: number, names: string]>([
    ['a tenant that is none', ['app', 'create', '--name', 'x', '--tenant', 'deadbeefdeadbeef'], 2, '"deadbeefdeadbeef"'],
    ['a tenant key that is none', ['user', 'list', '--tenant', 'One'], 2, '"One"'],
    ['one tenant of several, unsaid', ['app', 'create', '--name', 'x'], 2, '--tenant'],
    ['one tenant of several, unsaid in a list', ['app', 'list'], 2, '2 tenants'],
    ['one tenant of several, unsaid for a user', ['user', 'create', '--name', 'x'], 2, '--tenant'],
    ['an app id that is none', ['app', 'rotate', 'cli_x'], 2, '"cli_x"'],
    ['an app that is none', ['app', 'rotate', NO_APP], 1, NO_APP],
    ['an app that is none, to be revoked', ['app', 'revoke', NO_APP], 1, NO_APP],
    ['an app that was revoked', ['app', 'rotate', 'REVOKED'], 1, 'REVOKED'],
    ['an app that was revoked, once more', ['app', 'revoke', 'REVOKED'], 1, 'REVOKED'],
    ['a token of an app that was revoked', ['token', 'user', '--app', 'REVOKED', '--user', 'USER', '--scopes', 'vc:room:readonly'], 1, 'REVOKED'],
    ['a token of an app that is none', ['token', 'user', '--app', NO_APP, '--user', 'USER', '--scopes', 'vc:room:readonly'], 1, NO_APP],
    ['a token of an app id that is none', ['token', 'user', '--app', 'nope', '--user', 'USER', '--scopes', 'vc:room:readonly'], 2, '"nope"'],
    ['a token for nobody', ['token', 'user', '--app', 'APP', '--user', NOBODY, '--scopes', 'vc:room:readonly'], 1, NOBODY],
    ['a token for somebody of another tenant', ['token', 'user', '--app', 'APP', '--user', 'STRANGER', '--scopes', 'vc:room:readonly'], 1, 'STRANGER'],
    ['a token without scopes', ['token', 'user', '--app', 'APP', '--user', 'USER', '--scopes', ' , '], 2, '--scopes'],
    ['a token without end', ['token', 'user', '--app', 'APP', '--user', 'USER', '--scopes', 'vc:room:readonly', '--expires', '0'], 2, '--expires'],
    ['a token for ever', ['token', 'user', '--app', 'APP', '--user', 'USER', '--scopes', 'vc:room:readonly', '--expires', '31536001'], 2, '31536001'],
    ['a life that is no number', ['token', 'user', '--app', 'APP', '--user', 'USER', '--scopes', 'vc:room:readonly', '--expires', '1e3'], 2, '"1e3"'],
    ['a creator that is nobody', ['app', 'create', '--name', 'x', '--tenant', 'TENANT', '--creator', NOBODY], 1, NOBODY],
    ['a creator of another tenant', ['app', 'create', '--name', 'x', '--tenant', 'TENANT', '--creator', 'STRANGER'], 1, 'STRANGER'],
    ['a scope that is none', ['app', 'create', '--name', 'x', '--tenant', 'TENANT', '--scopes', 'vc:room,a b'], 2, '"a b"'],
    ['no scope where some were announced', ['app', 'create', '--name', 'x', '--tenant', 'TENANT', '--scopes', ''], 2, '--scopes'],
    ['an empty name of a tenant', ['tenant', 'create', '--name', ' '], 2, '--name'],
    ['an empty name of a user', ['user', 'create', '--tenant', 'TENANT', '--name', ''], 2, '--name'],
    ['an empty name of an app', ['app', 'create', '--tenant', 'TENANT', '--name', '\t'], 2, '--name'],
    ['an empty name of an administrator', ['tenant', 'create', '--name', 'x', '--administrator', ''], 2, '--administrator'],
    ['a name with a line break', ['tenant', 'create', '--name', 'a\nb'], 2, '--name'],
    ['a name that is too long', ['tenant', 'create', '--name', LONG], 2, '--name'],
    ['a time zone that is none', ['tenant', 'create', '--name', 'x', '--time-zone', 'Mars/Base'], 2, '"Mars/Base"'],
    ['a seed that is no number', ['demo', '--seed', '-1'], 2, '"-1"'],
    ['a seed that is too large', ['demo', '--seed', '4294967296'], 2, '4294967296'],
    ['an instant that is none', ['demo', '--at', 'tomorrow'], 2, '"tomorrow"'],
    ['an instant without an offset', ['demo', '--at', '2026-11-22T08:00:00'], 2, '--at'],
    ['an instant that no calendar has', ['demo', '--at', '2026-02-30T25:00:00Z'], 2, '--at'],
    ['rooms that are no number', ['demo', '--rooms', 'many'], 2, '"many"'],
    ['no days', ['demo', '--days', '0'], 2, '--days'],
    ['more reservations than the rooms can hold', ['demo', '--rooms', '2', '--days', '1', '--reservations', '1000'], 1, '2 rooms'],
    ['a command that is none', ['reserve'], 2, "'reserve'"],
    ['a command that is nearly one', ['tenent', 'list'], 2, "'tenent'"],
    ['a command of a group that is none', ['tenant', 'destroy'], 2, "'destroy'"],
    ['an option that is none', ['tenant', 'list', '--verbose'], 2, "'--verbose'"],
    ['an option without its value', ['tenant', 'create', '--data', 'x', '--name'], 2, '--name'],
    ['a missing option', ['tenant', 'create'], 2, '--name'],
    ['a missing argument', ['app', 'rotate'], 2, "'app'"],
    ['an argument too many', ['app', 'revoke', 'APP', 'APP'], 2, 'arguments'],
    ['a port that is none', ['serve', '--port', '65536'], 1, '--port'],
    ['a database that is none', ['tenant', 'list', '--database-url', 'mysql://x'], 1, '--database-url'],
    ['an empty data directory name', ['tenant', 'list', '--data', ''], 1, '--data'],
    ['an empty host', ['serve', '--host', ''], 1, '--host'],
  ])('%s', async (_what, words, code, names) => {
    const before = contentsOf(data);
    const command = [...words.map(ids), ...(words.includes('--data') ? [] : ['--data', data])];
    const outcome = await runCommand(...command);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' });
    expect(outcome.stderr).toMatch(/^yuding: [^\n]+\n$/);
    expect(outcome.stderr).toContain(ids(names));
    expect(contentsOf(data)).toEqual(before);
  });

  it.each(['app create --name x', 'app list', 'user create --name x', 'user list'])('%s, where there is no tenant yet', async (words) => {
    const data = keptDirectory();
    await runCommand('migrate', '--data', data);
    const { code, stdout, stderr } = await runCommand(...words.split(' '), '--data', data);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^yuding: there is no tenant yet: yuding tenant create [^\n]+\n$/);
  });

  it.each(['tenant list', 'app create --name x', 'app list', 'app rotate cli_0123456789abcdef', 'user list'])(
    '%s, where there is no database',
    async (words) => {
      const data = keptDirectory();
      const { code, stdout, stderr } = await runCommand(...words.split(' '), '--data', data);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^yuding: there is no database in \S+: yuding tenant create makes one, or yuding demo\n$/);
      expect(readdirSync(data)).toEqual([]);
    },
  );

  it.each(['', 'tenant', 'user', 'app', 'token'])('"%s" alone is answered with its help', async (group) => {
    const { code, stdout, stderr } = await runCommand(...(group ? [group] : []));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`Usage: yuding ${group}`.trim());
  });

  it('through the built program, code and all', async () => {
    const { code, stdout, stderr } = await execute(['app', 'rotate', NO_APP, '--data', data]);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: `yuding: no app ${NO_APP}\n` });
    expect((await execute(['tenant', 'list', '--nope'])).code).toBe(2);
    const typo = join(data, 'typo');
    const refused = await execute(['tenant', 'list', '--data', typo], { YUDING_DATABASE: 'x' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('YUDING_DATABASE ');
    expect(existsSync(typo)).toBe(false);
  });
});
