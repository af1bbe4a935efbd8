import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp as registerApp } from '../../src/domain/apps.ts';
import { runImport } from '../../src/domain/imports/index.ts';
import { changeUser, createUser, suspendUser } from '../../src/domain/users.ts';
import { historyOf } from '../../src/store/history.ts';
import { credentialHeaders, NOON, tenantToken, tester, testApp, testTenant, testUser, userSession, userToken, type TestTenant } from '../support/app.ts';
import { addLevel, addRoom } from '../support/ledger.ts';

/* People, departments and roles by our own interface. */
const SCOPES = ['yuding:read', 'yuding:book', 'yuding:admin'];
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app, { scopes: SCOPES });
const { tenantId, administratorId } = tenant;
const other = await testTenant(app, { scopes: SCOPES });
const token = await tenantToken(app, tenant);
const otherToken = await tenantToken(app, other);

interface Person {
  id: string;
  name: string;
  department_id: string | null;
  department: string;
  email?: string | null;
  administrator?: boolean;
  suspended?: boolean;
  version?: number;
}
interface Department {
  id: string;
  name: string;
  parent_id: string | null;
  path: string[];
  has_children: boolean;
  version: number;
}
interface Failure {
  error: { code: string; message: string; fields?: { field: string }[] };
}
interface Options {
  body?: object;
  credential?: string;
  ifMatch?: string;
}

async function ask(
  method: string,
  path: string,
  { body, credential = token, ifMatch }: Options = {},
): Promise<{ status: number; etag: string | null; text: string }> {
  const headers = { 'content-type': 'application/json', ...credentialHeaders(credential), ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) };
  const response = await fetch(`${app.url}/api/v1${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, etag: response.headers.get('etag'), text: await response.text() };
}

async function done<Body>(method: string, path: string, options: Options = {}): Promise<Body> {
  const { status, text } = await ask(method, path, options);
  expect([200, 201], text).toContain(status);
  return JSON.parse(text) as Body;
}

async function refusal(method: string, path: string, options: Options = {}) {
  const { status, text } = await ask(method, path, options);
  const { code, fields } = (JSON.parse(text) as Failure).error;
  return fields ? { status, code, fields: [...new Set(fields.map(({ field }) => field))].sort() } : { status, code };
}

let count = 0;
const unique = (word: string) => `${word}${String(++count)}`;
const newPerson = (fields: object = {}) => done<Person>('POST', '/users', { body: { name: unique('人'), ...fields } });
const newDepartment = (fields: object = {}) => done<Department>('POST', '/departments', { body: { name: unique('部'), ...fields } });
/** A person's own token and session. */
const tokenOf = (userId: string, of: TestTenant = tenant) => userToken(app, of, userId, SCOPES);

describe('a person', () => {
  it('has what they were given, whoever asks as an administrator', async () => {
    const department = await newDepartment();
    const given = { name: '可涵', email: 'KeHan@Example.com', employee_no: 'E 1', department_id: department.id, meeting_management: true };
    const made = await newPerson(given);
    const wanted = { ...given, email: 'kehan@example.com', department: department.name, administrator: false, suspended: false, anonymised: false, version: 1 };
    expect(made).toEqual({ id: expect.stringMatching(/^ou_[0-9a-f]{32}$/) as string, created_at: '2026-03-18T04:00:00Z', ...wanted });
    const got = await ask('GET', `/users/${made.id}`);
    expect([JSON.parse(got.text), got.etag]).toEqual([made, '"1"']);
    expect(await done('GET', '/users?q=KEHAN@')).toMatchObject({ users: [made], next_cursor: null });
  });

  it('is to others what one needs to invite them', async () => {
    const department = await newDepartment();
    const seen = await newPerson({ email: `${unique('x')}@example.com`, department_id: department.id });
    const reduced = { id: seen.id, name: seen.name, department_id: department.id, department: department.name };
    const member = await newPerson();
    for (const credential of [await tokenOf(member.id), await userSession(app, tenantId, member.id)]) {
      const got = await ask('GET', `/users/${seen.id}`, { credential });
      expect([JSON.parse(got.text), got.etag]).toEqual([reduced, null]);
      expect(await done('GET', `/users?department=${department.id}`, { credential })).toEqual({ users: [reduced], next_cursor: null });
      // Neither can an address be guessed letter by letter.
      expect(await done('GET', `/users?q=${String(seen.email)}`, { credential })).toEqual({ users: [], next_cursor: null });
      for (const query of ['suspended=true', 'role=administrator'])
        expect(await refusal('GET', `/users?${query}`, { credential })).toEqual({ status: 403, code: 'no_permission' });
    }
    // An administrator who did not grant the scope sees no more.
    const little = await userToken(app, tenant, administratorId, ['yuding:read']);
    expect(await done('GET', `/users/${seen.id}`, { credential: little })).toEqual(reduced);
    await done('POST', `/users/${seen.id}/suspend`);
    const hidden = await ask('GET', `/users/${seen.id}`, { credential: little });
    const nobody = app.ctx.ids.user();
    const missing = await ask('GET', `/users/${nobody}`, { credential: little });
    const anonymous = (text: string) => text.replaceAll(/ou_[0-9a-f]{32}/g, 'ou').replace(/"log_id":"\w+"/, '');
    expect([hidden.status, anonymous(hidden.text)]).toEqual([404, anonymous(missing.text)]);
  });

  it.each<[string, object, object]>([
    ['no name', { name: ' ' }, { status: 400, code: 'invalid', fields: ['name'] }],
    ['no address', { email: 'nobody' }, { status: 400, code: 'invalid', fields: ['email'] }],
    ['two at signs', { email: 'a@b@c' }, { status: 400, code: 'invalid', fields: ['email'] }],
    ['a space', { email: 'a b@c' }, { status: 400, code: 'invalid', fields: ['email'] }],
    ['an address too long', { email: `${'a'.repeat(250)}@b.cc` }, { status: 400, code: 'invalid', fields: ['email'] }],
    ['no such department', { department_id: 'od-none' }, { status: 400, code: 'unknown_department', fields: ['department_id'] }],
    ...[
      'tenant_id',
      'user_id',
      'id',
      'is_administrator',
      'manages_meetings',
      'suspended',
      'suspended_at',
      'anonymised_at',
      'version',
      'created_at',
      'scopes',
    ].map((field): [string, object, object] => [
      `a field that is not theirs to give: ${field}`,
      { [field]: 1 },
      { status: 400, code: 'invalid', fields: [field] },
    ]),
  ])('is not made or changed with %s', async (_what, fields, expected) => {
    const person = await newPerson();
    expect(await refusal('POST', '/users', { body: { name: '新', ...fields } })).toEqual(expected);
    expect(await refusal('PATCH', `/users/${person.id}`, { body: fields })).toEqual(expected);
    expect(await done('GET', `/users/${person.id}`)).toEqual(person);
  });

  it('has an address that nobody on the server has, and nobody learns whose it is', async () => {
    const email = `${unique('taken')}@example.com`;
    const first = await newPerson({ email });
    const taken = { status: 409, code: 'conflict', fields: ['email'] };
    const body = { name: '新', email: email.toUpperCase() };
    const here = await ask('POST', '/users', { body });
    const there = await ask('POST', '/users', { body, credential: otherToken });
    const text = (answer: { text: string }) => answer.text.replace(/"log_id":"\w+"/, '');
    expect([here.status, text(here)]).toEqual([there.status, text(there)]);
    expect(await refusal('POST', '/users', { body })).toEqual(taken);
    // Given up, it is free for everybody at once; the one that was to be had stays with its owner when a change fails.
    const second = await newPerson({ email: `${unique('second')}@example.com` });
    expect(await refusal('PATCH', `/users/${second.id}`, { body: { email } })).toEqual(taken);
    expect(await refusal('POST', '/users', { body: { name: '新', email: second.email ?? '' } })).toEqual(taken);
    await done('PATCH', `/users/${first.id}`, { body: { email: null } });
    await done('POST', '/users', { body, credential: otherToken });
    expect(await refusal('PATCH', `/users/${first.id}`, { body: { email } })).toEqual(taken);
  });

  it('is changed at the version that was seen, with what changed in the history', async () => {
    const person = await newPerson();
    const path = `/users/${person.id}`;
    const changed = await done<Person>('PATCH', path, { body: { name: '新名', employee_no: '7' }, ifMatch: '"1"' });
    expect(changed).toMatchObject({ name: '新名', employee_no: '7', version: 2 });
    for (const [method, at] of [
      ['PATCH', path],
      ['POST', `${path}/suspend`],
      ['POST', `${path}/resume`],
    ] as const)
      expect(await refusal(method, at, { ...(method === 'PATCH' ? { body: { name: 'x' } } : {}), ifMatch: '"1"' })).toEqual({ status: 412, code: 'stale' });
    // What is asked for is so already: nothing happens.
    expect(await done('PATCH', path, { body: { name: '新名' } })).toEqual(changed);
    const history = await historyOf(app.ctx.db.kysely, tenantId, { kind: 'user', id: person.id });
    expect(history.map(({ action, state_before, state_after }) => [action, state_before, action === 'user.change' ? state_after : ''])).toEqual([
      ['user.create', null, ''],
      ['user.change', JSON.stringify({ name: person.name, employee_no: '' }), JSON.stringify({ name: '新名', employee_no: '7' })],
    ]);
  });
});

describe('a list of people', () => {
  it('has everybody once, in order of name, whatever the size of a page', async () => {
    const own = await testTenant(app, { scopes: SCOPES });
    const credential = await tenantToken(app, own);
    for (const name of ['乙', '甲', 'b', 'B', 'a', '甲', '%', '_', '\\'])
      await createUser(app.ctx, tester, { tenantId: own.tenantId, name, managesMeetings: false, isAdministrator: false });
    const whole = (await done<{ users: Person[] }>('GET', '/users?limit=200', { credential })).users;
    expect(whole).toHaveLength(10);
    for (const limit of [1, 3, 10]) {
      const walked: Person[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { users: Person[]; next_cursor: string | null } = await done('GET', `/users?limit=${String(limit)}&cursor=${cursor}`, { credential });
        walked.push(...page.users);
        cursor = page.next_cursor;
      }
      expect(walked).toEqual(whole);
    }
    for (const sign of ['%', '_', '\\']) {
      const { users } = await done<{ users: Person[] }>('GET', `/users?q=${encodeURIComponent(sign)}`, { credential });
      expect(users.map(({ name }) => name)).toEqual([sign]);
    }
  });

  it('keeps to what was asked for', async () => {
    const top = await newDepartment();
    const below = await newDepartment({ parent_id: top.id });
    const [one, two, three] = [
      await newPerson({ department_id: top.id }),
      await newPerson({ department_id: below.id, administrator: true }),
      await newPerson({ department_id: below.id, meeting_management: true }),
    ];
    await done('POST', `/users/${three.id}/suspend`);
    const found = async (query: string) => {
      const { users } = await done<{ users: Person[] }>('GET', `/users?department=${top.id}&${query}`);
      return users.map(({ id }) => id).sort();
    };
    const ids = (...people: Person[]) => people.map(({ id }) => id).sort();
    expect(await found('')).toEqual(ids(one));
    expect(await found('children=true')).toEqual(ids(one, two, three));
    expect(await found('children=true&suspended=true')).toEqual(ids(three));
    expect(await found('children=true&suspended=false')).toEqual(ids(one, two));
    expect(await found('children=true&role=administrator')).toEqual(ids(two));
    expect(await found('children=true&role=meeting_management')).toEqual(ids(three));
    expect(await found('children=true&role=member')).toEqual(ids(one));
    expect(await refusal('GET', '/users?department=od-none')).toEqual({ status: 400, code: 'unknown_department', fields: ['department'] });
    await done('PATCH', `/users/${two.id}`, { body: { administrator: false } });
  });
});

describe('a suspension', () => {
  it('ends at once all with which somebody could act, and brings nothing of it back', async () => {
    const person = await newPerson();
    const { appId } = await registerApp(app.ctx, tester, { tenantId, name: 'theirs', scopes: SCOPES, creatorId: person.id });
    const credentials = [await tokenOf(person.id), await userSession(app, tenantId, person.id)];
    const db = app.ctx.db.kysely;
    const hash = () => app.ctx.ids.device();
    const grant = { tenant_id: tenantId, app_id: appId, user_id: person.id, scopes: '' };
    await db
      .insertInto('refresh_tokens')
      .values({ ...grant, token_hash: hash(), family: hash(), began_at: NOON, expires_at: NOON })
      .execute();
    const code = { code_hash: hash(), redirect_uri: 'https://app.example/', family: hash(), expires_at: NOON };
    await db
      .insertInto('authorization_codes')
      .values({ ...grant, ...code })
      .execute();
    await db
      .insertInto('one_time_links')
      .values({ tenant_id: tenantId, link_hash: hash(), purpose: 'password', user_id: person.id, expires_at: NOON })
      .execute();
    for (const credential of credentials) expect((await ask('GET', '/users?limit=1', { credential })).status).toBe(200);
    expect(await done('POST', `/users/${person.id}/suspend`)).toMatchObject({ suspended: true, version: 2 });
    // Once more is no change.
    expect(await done('POST', `/users/${person.id}/suspend`)).toMatchObject({ version: 2 });
    for (const credential of credentials) expect((await ask('GET', '/users?limit=1', { credential })).status).toBe(401);
    for (const table of ['sessions', 'access_tokens', 'refresh_tokens', 'authorization_codes', 'one_time_links'] as const)
      expect([table, await db.selectFrom(table).select('user_id').where('user_id', '=', person.id).execute()]).toEqual([table, []]);
    expect(await done('POST', `/users/${person.id}/resume`)).toMatchObject({ suspended: false, version: 3 });
    for (const credential of credentials) expect((await ask('GET', '/users?limit=1', { credential })).status).toBe(401);
    expect((await ask('GET', '/users?limit=1', { credential: await tokenOf(person.id) })).status).toBe(200);
    const actions = (await historyOf(db, tenantId, { kind: 'user', id: person.id })).map(({ action }) => action).filter((action) => action.startsWith('user.'));
    expect(actions).toEqual(['user.create', 'user.suspend', 'user.resume']);
  });

  it('takes the rights of the apps that the person created, while it lasts', async () => {
    const person = await newPerson({ administrator: true });
    const { appId, secret } = await registerApp(app.ctx, tester, { tenantId, name: 'theirs', scopes: SCOPES, creatorId: person.id });
    const credential = await tenantToken(app, { appId, appSecret: secret });
    const write = () => ask('POST', '/departments', { body: { name: unique('部') }, credential });
    expect((await write()).status).toBe(201);
    await done('POST', `/users/${person.id}/suspend`);
    expect((await write()).status).toBe(403);
    await done('POST', `/users/${person.id}/resume`);
    expect((await write()).status).toBe(201);
    await done('PATCH', `/users/${person.id}`, { body: { administrator: false } });
  });
});

describe('roles', () => {
  it.each(['administrator', 'meeting_management'])('are not given by who is no administrator: %s', async (role) => {
    for (const own of [{}, { meeting_management: true }]) {
      const person = await newPerson(own);
      const another = await newPerson();
      for (const credential of [await tokenOf(person.id), await userSession(app, tenantId, person.id)])
        for (const { id } of [person, another])
          expect(await refusal('PATCH', `/users/${id}`, { body: { [role]: true }, credential })).toEqual({ status: 403, code: 'no_permission' });
      expect(await done('GET', `/users/${person.id}`)).toEqual(person);
    }
  });

  it('leave one administrator who can act', async () => {
    const own = await testTenant(app, { scopes: SCOPES });
    const credential = await tenantToken(app, own);
    const last = { status: 409, code: 'last_administrator' };
    const path = `/users/${own.administratorId}`;
    const suspended = await createUser(app.ctx, tester, { tenantId: own.tenantId, name: '停', managesMeetings: false, isAdministrator: true });
    await suspendUser(app.ctx, tester, { tenantId: own.tenantId, userId: suspended });
    expect(await refusal('PATCH', path, { body: { administrator: false }, credential })).toEqual(last);
    expect(await refusal('POST', `${path}/suspend`, { credential })).toEqual(last);
    // One who cannot act counts for nothing, and may lose the role.
    await done('PATCH', `/users/${suspended}`, { body: { administrator: false }, credential });
    await done('PATCH', path, { body: { administrator: true, name: '仍' }, credential });
  });

  it('leave one when two administrators take it from each other at once', async () => {
    const kinds = ['demote', 'suspend', 'import'] as const;
    const run = async (tries: readonly (typeof kinds)[number][]) => {
      const own = await testTenant(app);
      const { tenantId: id } = own;
      const people = [own.administratorId];
      while (people.length < tries.length)
        people.push(await createUser(app.ctx, tester, { tenantId: id, name: '管', managesMeetings: false, isAdministrator: true }));
      for (const [i, userId] of people.entries()) await changeUser(app.ctx, tester, { tenantId: id, userId, employeeNo: String(i) });
      // Each is taken the role by another, all at the same moment.
      await Promise.allSettled(
        tries.map((kind, i) => {
          const seen = { tenantId: id, userId: people[i] ?? '' };
          if (kind === 'demote') return changeUser(app.ctx, tester, { ...seen, isAdministrator: false });
          if (kind === 'suspend') return suspendUser(app.ctx, tester, seen);
          return runImport(app.ctx, tester, { tenantId: id, kind: 'users', csv: `name,employee_no,role\n管,${String(i)},member`, dryRun: false });
        }),
      );
      const left = await app.ctx.db.kysely
        .selectFrom('users')
        .select('user_id')
        .where('tenant_id', '=', id)
        .where('is_administrator', '=', 1)
        .where('suspended_at', 'is', null)
        .execute();
      expect(left).toHaveLength(1);
    };
    for (const one of kinds) for (const another of kinds) await run([one, another]);
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...kinds), { minLength: 2, maxLength: 5 }), run), { numRuns: 10 });
  });
});

describe('a department', () => {
  it('has its place in the tree', async () => {
    const top = await newDepartment();
    const middle = await newDepartment({ parent_id: top.id, custom_id: unique('D-') });
    const leaf = await newDepartment({ parent_id: middle.id });
    expect(await done('GET', `/departments/${leaf.id}`)).toMatchObject({ parent_id: middle.id, path: [top.id, middle.id], has_children: false });
    expect(await done('GET', `/departments/${top.id}`)).toMatchObject({ parent_id: null, path: [], has_children: true });
    const moved = await done<Department>('PATCH', `/departments/${middle.id}`, { body: { parent_id: '0' }, ifMatch: '"1"' });
    expect(moved).toMatchObject({ parent_id: null, version: 2 });
    expect(await done('GET', `/departments/${leaf.id}`)).toMatchObject({ path: [middle.id] });
    expect(await refusal('PATCH', `/departments/${middle.id}`, { body: { name: 'x' }, ifMatch: '"1"' })).toEqual({ status: 412, code: 'stale' });
    const listed = async (query: string) => (await done<{ departments: Department[] }>('GET', `/departments?${query}`)).departments.map(({ id }) => id);
    expect(await listed(`parent=${middle.id}`)).toEqual([leaf.id]);
    expect(await listed('limit=500&children=true')).toEqual(expect.arrayContaining([top.id, middle.id, leaf.id]));
  });

  it('is walked through once, directly below and all the way down', async () => {
    const own = await testTenant(app, { scopes: SCOPES });
    const credential = await tenantToken(app, own);
    const make = (name: string, parent_id: string | null, position: number) =>
      done<Department>('POST', '/departments', { body: { name, parent_id, position }, credential });
    const tops = [await make('丙 1', null, 2), await make('甲', null, 2), await make('乙', null, 1)];
    for (const top of tops) for (const name of ['x', 'y']) await make(name, top.id, 0);
    const walk = async (query: string, limit: number) => {
      const walked: Department[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { departments: Department[]; next_cursor: string | null } = await done(
          'GET',
          `/departments?${query}&limit=${String(limit)}&cursor=${cursor}`,
          { credential },
        );
        walked.push(...page.departments);
        cursor = page.next_cursor;
      }
      return walked;
    };
    for (const limit of [1, 2, 100]) {
      expect((await walk('', limit)).map(({ name }) => name)).toEqual(['乙', '丙 1', '甲']);
      expect(new Set((await walk('children=true', limit)).map(({ id }) => id)).size).toBe(9);
    }
  });

  it('stays where it can be', async () => {
    const top = await newDepartment();
    const below = await newDepartment({ parent_id: top.id, custom_id: unique('own-') });
    const deep: Department[] = [below];
    while (deep.length < 24) deep.push(await newDepartment({ parent_id: deep.at(-1)?.id }));
    const invalid = (field: string) => ({ status: 400, code: 'invalid', fields: [field] });
    const conflict = (field: string) => ({ status: 409, code: 'conflict', fields: [field] });
    expect(await refusal('POST', '/departments', { body: { name: 'x', parent_id: deep.at(-1)?.id } })).toEqual(invalid('parent_id'));
    for (const parent_id of [top.id, deep.at(-1)?.id])
      expect(await refusal('PATCH', `/departments/${top.id}`, { body: { parent_id } })).toEqual(invalid('parent_id'));
    const another = await newDepartment();
    expect(await refusal('PATCH', `/departments/${top.id}`, { body: { parent_id: another.id } })).toEqual(invalid('parent_id'));
    expect(await refusal('POST', '/departments', { body: { name: below.name, parent_id: top.id } })).toEqual(conflict('name'));
    expect(await refusal('PATCH', `/departments/${another.id}`, { body: { name: below.name, parent_id: top.id } })).toEqual(conflict('name'));
    const { custom_id } = below as Department & { custom_id: string };
    expect(await refusal('PATCH', `/departments/${another.id}`, { body: { custom_id } })).toEqual(conflict('custom_id'));
    for (const bad of ['0', '1', 'od-1', 'a b', '-x', '0123456789abcdef0123456789abcdef'])
      expect(await refusal('PATCH', `/departments/${another.id}`, { body: { custom_id: bad } }), bad).toEqual(invalid('custom_id'));
    expect(await refusal('POST', '/departments', { body: { name: 'a/b' } })).toEqual(invalid('name'));
    expect(await refusal('POST', '/departments', { body: { name: 'x', parent_id: 'od-none' } })).toEqual({
      status: 400,
      code: 'unknown_department',
      fields: ['parent_id'],
    });
    for (const field of ['id', 'tenant_id', 'version', 'deleted_at', 'changed_in'])
      expect(await refusal('POST', '/departments', { body: { name: 'x', [field]: 1 } })).toEqual(invalid(field));
  });

  it('goes when it is empty, and not before', async () => {
    const top = await newDepartment({ custom_id: 'reused' });
    const below = await newDepartment({ parent_id: top.id });
    const person = await newPerson({ department_id: below.id });
    const full = { status: 409, code: 'has_children' };
    expect(await refusal('DELETE', `/departments/${top.id}`)).toEqual(full);
    expect(await refusal('DELETE', `/departments/${below.id}`)).toEqual(full);
    await done('PATCH', `/users/${person.id}`, { body: { department_id: null } });
    await done('DELETE', `/departments/${below.id}`);
    await done('DELETE', `/departments/${top.id}`);
    expect(await refusal('GET', `/departments/${top.id}`)).toEqual({ status: 404, code: 'not_found' });
    expect(await refusal('POST', '/users', { body: { name: 'x', department_id: top.id } })).toMatchObject({ code: 'unknown_department' });
    expect(await newDepartment({ name: top.name, custom_id: 'reused' })).not.toMatchObject({ id: top.id });
  });

  it('is not deleted under somebody who is put into it at the same moment', async () => {
    for (let i = 0; i < 10; i++) {
      const department = await newDepartment();
      const person = await newPerson();
      const [moved, deleted] = await Promise.all([
        ask('PATCH', `/users/${person.id}`, { body: { department_id: department.id } }),
        ask('DELETE', `/departments/${department.id}`),
      ]);
      expect([moved.status, deleted.status].sort(), moved.text + deleted.text).toEqual(expect.arrayContaining([200]));
      const { department_id } = await done<Person>('GET', `/users/${person.id}`);
      const { status } = await ask('GET', `/departments/${department.id}`);
      expect([department_id === department.id, status]).toEqual(moved.status === 200 ? [true, 200] : [false, 404]);
    }
  });
});

describe('a department in a setting', () => {
  it('stands for all below it: who may reserve, who administers', async () => {
    const own = await testTenant(app, { scopes: SCOPES });
    const credential = await tenantToken(app, own);
    const level = await addLevel(app, own.tenantId, own.rootLevelId);
    const { roomId } = await addRoom(app, own.tenantId, level);
    const make = (name: string, parent_id: string | null) => done<Department>('POST', '/departments', { body: { name, parent_id }, credential });
    const top = await make('研发部', null);
    const leaf = await make('三组', (await make('平台组', top.id)).id);
    const elsewhere = await make('市场部', null);
    const member = await testUser(app, own.tenantId);
    const theirs = await tokenOf(member, own);
    const book = async (hour: number) => {
      const at = (h: number) => new Date((NOON + 86_400 + h * 3600) * 1000).toISOString();
      const { status, text } = await ask('POST', '/reservations', {
        body: { room_id: roomId, title: '例会', start: at(hour), end: at(hour + 1) },
        credential: theirs,
      });
      return [status, (JSON.parse(text) as { error?: { rule?: string } }).error?.rule];
    };
    const goTo = (department_id: string | null) => done('PATCH', `/users/${member}`, { body: { department_id }, credential });
    await done('PATCH', `/settings/${level}`, { body: { reservers: { everybody: false, users: [], departments: [top.id] } }, credential });
    expect(await book(0)).toEqual([409, 'not_allowed']);
    await goTo(elsewhere.id);
    expect(await book(0)).toEqual([409, 'not_allowed']);
    for (const [hour, department] of [leaf.id, top.id].entries()) {
      await goTo(department);
      expect(await book(hour)).toEqual([201, undefined]);
    }
    // The tree may change under the setting.
    await goTo(leaf.id);
    await done('PATCH', `/departments/${leaf.id}`, { body: { parent_id: elsewhere.id }, credential });
    expect(await book(4)).toEqual([409, 'not_allowed']);
    await done('PATCH', `/settings/${level}`, { body: { administrators: { users: [], departments: [elsewhere.id] } }, credential });
    expect(await book(4)).toEqual([201, undefined]);
    expect(await refusal('PATCH', `/settings/${level}`, { body: { administrators: { users: [], departments: ['od-none'] } }, credential })).toMatchObject({
      code: 'unknown_department',
    });
  });

  it('costs a request no statement more', async () => {
    const statements: string[] = [];
    const counted = await testApp({ rateLimit: 0 }, { onStatement: (text) => statements.push(text) });
    try {
      const own = await testTenant(counted, { scopes: SCOPES });
      const level = await addLevel(counted, own.tenantId, own.rootLevelId);
      await addRoom(counted, own.tenantId, level);
      const bearer = await tenantToken(counted, own);
      const get = () => fetch(`${counted.url}/api/v1/rooms`, { headers: { authorization: `Bearer ${bearer}` } });
      const post = (path: string, method: string, body: object) =>
        fetch(`${counted.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${bearer}` }, body: JSON.stringify(body) });
      await get();
      statements.length = 0;
      await get();
      const without = statements.length;
      const made = (await (await post('/departments', 'POST', { name: '研发部' })).json()) as Department;
      await post(`/settings/${level}`, 'PATCH', { administrators: { users: [], departments: [made.id] } });
      await get();
      statements.length = 0;
      await get();
      expect(statements.length).toBe(without);
    } finally {
      await counted.stop();
    }
  });
});
