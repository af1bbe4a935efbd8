import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand, runJson } from '../support/command.ts';
import { keptDirectory } from '../support/directory.ts';
import { getPage, postForm, sessionIn, signIn } from '../support/pages.ts';
import { PROGRAM, Running, serve } from '../support/process.ts';
import { contentsOf } from '../support/rows.ts';

/* How a newcomer gets in, by the program as it was built. */

const wish = { name: '云杉', time_zone: 'Asia/Shanghai', administrator: '小王', email: 'wang@example.com', password: 'one fine password' };

describe('a server without a tenant', () => {
  it('prints a link, once for each start, and is set up with it', async () => {
    const data = keptDirectory();
    const linkOf = (stdout: string) => new URL(/^ {2}(http:\S+\/set-up\?link=[\w-]{48})$/m.exec(stdout)?.[1] ?? '');
    const first = await serve(data);
    const old = linkOf(first.stdout).searchParams.get('link') ?? '';
    const ended = await first.kill('SIGTERM');
    await using server = await serve(data);
    const link = linkOf(server.stdout);
    expect(link.origin).toBe(server.url);
    const word = link.searchParams.get('link') ?? '';

    expect((await getPage(server, '/sign-in')).text).toContain('Nobody has set this server up yet');
    expect((await postForm(server, '/set-up', { ...wish, link: old })).status).toBe(404);
    const form = await getPage(server, link.pathname + link.search);
    expect(form).toMatchObject({ status: 200, text: expect.stringContaining(`value="${word}"`) as string });
    const done = await postForm(server, '/set-up', { ...wish, link: word });
    expect(done).toMatchObject({ status: 303, location: '/' });
    expect((await getPage(server, '/account', { cookie: sessionIn(done) })).text).toContain('小王');
    expect((await signIn(server, wish.email, wish.password)).status).toBe(303);
    expect((await postForm(server, '/set-up', { ...wish, link: word })).status).toBe(404);

    const { stdout, stderr } = await server.kill('SIGTERM');
    for (const secret of [old, word, wish.password]) {
      expect(ended.stderr + stderr).not.toContain(secret);
      expect(JSON.stringify(contentsOf(data))).not.toContain(secret);
    }
    expect(stdout.split(word)).toHaveLength(2);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(statSync(join(data, 'yuding.db')).mode & 0o777).toBe(0o600);
    await using again = await serve(data);
    expect(again.stdout).not.toContain('link=');
  });

  it('prints it for machines too, with the address that people use', async () => {
    const words = ['serve', '--data', keptDirectory(), '--port', '0', '--json', '--public-url', 'https://rooms.example.com'];
    await using server = new Running(process.execPath, [PROGRAM, ...words]);
    const [line] = await server.match(/^\{.*\}$/m);
    const printed = JSON.parse(line) as { url: string; set_up: string };
    expect(printed.set_up).toMatch(/^https:\/\/rooms\.example\.com\/set-up\?link=[\w-]{48}$/);
    expect(printed.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe('at the command line', () => {
  it('a person gets an address, a link, and in', async () => {
    const data = keptDirectory();
    const tenant = await runJson<{ administrator: string }>('tenant', 'create', '--name', 'Real', '--email', 'Ada@Example.com', '--data', data);
    const { user_id } = await runJson<{ user_id: string }>('user', 'create', '--name', 'Bob', '--email', 'bob@example.com', '--data', data);
    await using server = await serve(data);
    expect(server.stdout).not.toContain('link=');
    for (const [user, email] of [
      [tenant.administrator, 'ada@example.com'],
      [user_id, 'bob@example.com'],
    ] as const) {
      // The command knows the configured port, not the one that this server found free.
      const { stdout } = await runCommand('user', 'link', user, '--data', data, '--public-url', 'https://rooms.example.com');
      const link = new URL(stdout.trim());
      expect([link.origin, link.pathname]).toEqual(['https://rooms.example.com', '/password']);
      expect((await getPage(server, link.pathname + link.search)).text).toContain(email);
      expect((await postForm(server, '/password', { link: link.searchParams.get('link') ?? '', password: 'one fine password' })).status).toBe(200);
      expect((await signIn(server, email, 'one fine password')).status).toBe(303);
    }
    const { url, expires_at } = await runJson<{ url: string; expires_at: number }>('user', 'link', user_id, '--data', data);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:7070\/password\?link=[\w-]{48}$/);
    expect(expires_at).toBeGreaterThan(1_700_000_000);
  });

  it('refuses, with a reason, what cannot be', async () => {
    const data = keptDirectory();
    await runJson('tenant', 'create', '--name', 'Real', '--email', 'ada@example.com', '--data', data);
    const { user_id: nameless } = await runJson<{ user_id: string }>('user', 'create', '--name', 'Carl', '--data', data);
    const before = contentsOf(data);
    for (const [words, code, reason] of [
      [['user', 'create', '--name', 'x', '--email', 'x y@example.com'], 2, 'no e-mail address'],
      [['user', 'create', '--name', 'x', '--email', 'ADA@example.com'], 1, 'taken'],
      [['user', 'link', 'ou_nobody'], 1, 'no user'],
      [['user', 'link', nameless], 1, 'no e-mail address'],
    ] as const) {
      const outcome = await runCommand(...words, '--data', data);
      expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(new RegExp(`^yuding: [^\n]*${reason}[^\n]*\n$`)) as string });
    }
    expect(contentsOf(data)).toEqual(before);
  });
});

it("the demo's administrator signs in with what is printed, each time the same", async () => {
  const data = keptDirectory();
  const first = await runJson<{ email: string; password: string }>('demo', '--rooms', '2', '--days', '1', '--data', data);
  expect(first.email).toBe('admin@demo.example');
  expect(first.password).toMatch(/^\w{16}$/);
  await using server = await serve(data, '--demo');
  const [, email = '', password = ''] = /^email +(\S+)\npassword +(\S+)/m.exec(server.stdout) ?? [];
  expect({ email, password }).toEqual({ email: first.email, password: first.password });
  expect(server.stdout).toContain(`${server.url}/sign-in`);
  expect((await signIn(server, email, password)).status).toBe(303);
});
