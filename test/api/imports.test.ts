import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeCsv, runImport, type ImportKind } from '../../src/domain/imports/index.ts';
import { createUser } from '../../src/domain/users.ts';
import { historyOf } from '../../src/store/history.ts';
import { NOON, tenantToken, tester, testApp, testTenant, type TestTenant } from '../support/app.ts';
import { addLevel, addReservations, addRoom, reservation } from '../support/ledger.ts';

/* People, rooms and levels from CSV: all of a file or nothing, and a dry run says what the real one does. */
const statements: string[] = [];
const app = await testApp({ rateLimit: 0 }, { onStatement: (text) => statements.push(text) });
afterAll(() => app.stop());
const { ctx } = app;

async function newTenant(): Promise<TestTenant> {
  return testTenant(app, { scopes: ['yuding:admin'] });
}

async function run(tenant: TestTenant, kind: ImportKind, csv: string, dryRun = false) {
  const { report, applied } = await runImport(ctx, tester, { tenantId: tenant.tenantId, kind, csv, dryRun });
  const { rows, created, changed, unchanged, differences, rejected } = report;
  return { applied, rows, created, changed, unchanged, differences, rejected };
}

const faults = async (kind: ImportKind, csv: string, tenant?: TestTenant) =>
  (await run(tenant ?? (await newTenant()), kind, csv)).rejected.map(({ line, field }) => `${String(line)} ${field}`.trim());

/** Everything of a tenant that an import could touch. */
async function contentsOf({ tenantId }: TestTenant): Promise<unknown> {
  const tables = ['tenants', 'users', 'departments', 'levels', 'rooms', 'history'] as const;
  const rows = await Promise.all(tables.map((table) => ctx.db.kysely.selectFrom(table).selectAll().where('tenant_id', '=', tenantId).execute()));
  return rows.map((table) => table.map((row) => JSON.stringify(row)).sort());
}

const usersOf = (tenant: TestTenant) =>
  ctx.db.kysely
    .selectFrom('users')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('user_id', '<>', tenant.administratorId)
    .orderBy('name')
    .execute();

describe('a file of people', () => {
  it('makes them, with the departments on the way, and is taken in once', async () => {
    const tenant = await newTenant();
    const csv = '姓名,邮箱,工号,部门,角色\n可涵,KeHan@example.org,E1,研发部/平台组,会议管理\n子墨,,E2,研发部,\n=1+1,x@example.org,,,管理员\n';
    const first = await run(tenant, 'users', csv);
    expect(first).toMatchObject({ applied: true, rows: 3, created: 3, changed: 0, unchanged: 0, rejected: [] });
    expect(first.differences.map(({ line, action, object, name }) => [line, action, object, name])).toEqual([
      [2, 'create', 'department', '研发部'],
      [2, 'create', 'department', '研发部/平台组'],
      [2, 'create', 'user', 'kehan@example.org'],
      [3, 'create', 'user', 'E2'],
      [4, 'create', 'user', 'x@example.org'],
    ]);
    const users = await usersOf(tenant);
    expect(
      users.map(({ name, email, employee_no, is_administrator, manages_meetings }) => [name, email, employee_no, is_administrator, manages_meetings]),
    ).toEqual(
      expect.arrayContaining([
        ['可涵', 'kehan@example.org', 'E1', 0, 1],
        ['子墨', null, 'E2', 0, 0],
        ['=1+1', 'x@example.org', '', 1, 0],
      ]),
    );
    const before = await contentsOf(tenant);
    expect(await run(tenant, 'users', csv)).toMatchObject({ applied: true, rows: 3, created: 0, changed: 0, unchanged: 3, differences: [] });
    expect(await contentsOf(tenant)).toEqual(before);
    for (const { user_id } of users)
      expect((await historyOf(ctx.db.kysely, tenant.tenantId, { kind: 'user', id: user_id })).map(({ action }) => action)).toEqual(['user.create']);
  });

  it('changes those it means, by address or else by number, and says what was', async () => {
    const tenant = await newTenant();
    await run(tenant, 'users', 'name,email,employee_no,department,role\nA,a2@example.org,1,X,administrator\nB,,2,,\n');
    const csv = 'name;email;employee_no;department;role\nA2;A2@example.org;1;X/Y;member\nB;b2@example.org;2;;\n';
    const { differences, changed } = await run(tenant, 'users', csv);
    expect(changed).toBe(2);
    expect(differences.slice(1).map(({ line, before, after }) => [line, before, after])).toEqual([
      [2, { name: 'A', department: 'X', role: 'administrator' }, { name: 'A2', department: 'X/Y', role: 'member' }],
      [3, { email: '' }, { email: 'b2@example.org' }],
    ]);
    expect((await usersOf(tenant)).map(({ name, version }) => [name, version])).toEqual([
      ['A2', 2],
      ['B', 2],
    ]);
    // The address counts as taken from now on.
    await expect(
      createUser(ctx, tester, { tenantId: tenant.tenantId, name: 'C', email: 'b2@example.org', managesMeetings: false, isAdministrator: false }),
    ).rejects.toThrow('taken');
  });

  it('is refused with every fault by line and column, and nothing is done', async () => {
    const tenant = await newTenant();
    const elsewhere = await newTenant();
    await createUser(ctx, tester, { tenantId: elsewhere.tenantId, name: 'x', email: 'theirs@example.org', managesMeetings: false, isAdministrator: false });
    await run(tenant, 'users', 'name,email,employee_no\nA,a1@example.org,1\nB,b1@example.org,2\n');
    const ask = (csv: string) => faults('users', csv, tenant);
    const before = await contentsOf(tenant);
    const csv = [
      'name,email,employee_no,department,role',
      'good,good@example.org,,,',
      ',no address,,a//b,king',
      'C,,,,',
      'D,d@example.org,D,,',
      'E,D@EXAMPLE.ORG,,,',
      'F,,D,,',
      'G,theirs@example.org,,,',
      'H,a1@example.org,2,,',
      'I,i@example.org',
      `${'n'.repeat(256)},n@example.org,,,king`,
      'J\u0001,no address,,,',
    ].join('\n');
    expect(await ask(csv)).toEqual([
      ...['10', '11 name', '12 name'],
      ...['3 name', '3 email', '3 role', '3 department', '4 email', '6 email', '7 employee_no'],
      ...['11 role', '12 email', '8 email', '9 employee_no'],
    ]);
    expect(await contentsOf(tenant)).toEqual(before);
    const { rejected } = await run(tenant, 'users', 'name,email\nA,twice@example.org\nB,Twice@example.org');
    expect(rejected).toEqual([{ line: 3, field: 'email', reason: 'also stands on line 2' }]);
    expect((await run(tenant, 'users', 'name,email\nG,theirs@example.org')).rejected[0]?.reason).toBe('the e-mail address theirs@example.org is taken');
    expect(await ask('name,email,employee_no\nA,a1@example.org,\nA,,1')).toEqual(['3']);
  });

  it('leaves one administrator who can act, whatever the order of its rows', async () => {
    const tenant = await newTenant();
    const csv = (first: string, second: string) => `name,employee_no,role\nA,1,${first}\nB,2,${second}`;
    await run(tenant, 'users', csv('administrator', 'member'));
    await ctx.db.kysely.updateTable('users').set({ is_administrator: 0 }).where('user_id', '=', tenant.administratorId).execute();
    expect((await run(tenant, 'users', csv('member', ''))).rejected).toMatchObject([{ line: 2, field: 'role' }]);
    expect(await run(tenant, 'users', csv('member', 'administrator'))).toMatchObject({ applied: true, changed: 2 });
  });
});

describe('a file of levels, a file of rooms', () => {
  it('make the tree and what stands in it', async () => {
    const tenant = await newTenant();
    const levels = 'path\tcustom_id\ttime_zone\n北京/3层\tL3\t\n北京\tL1\tAsia/Shanghai\n上海\t\t\n';
    expect(await run(tenant, 'levels', levels)).toMatchObject({ applied: true, rows: 3, created: 2, changed: 1, rejected: [] });
    expect(await run(tenant, 'levels', levels)).toMatchObject({ applied: true, unchanged: 3, differences: [] });
    const rooms = '名称,层级,容量,描述,设备,自定义ID\r\n松,北京/3层,8,"两行\r\n""引号""",电视;白板,R1\r\n竹,上海,,,,\r\n';
    expect((await run(tenant, 'rooms', rooms)).rejected).toEqual([{ line: 4, field: 'capacity', reason: 'is required for a new room' }]);
    const versionNow = async () =>
      (await ctx.db.kysely.selectFrom('tenants').selectAll().where('tenant_id', '=', tenant.tenantId).executeTakeFirstOrThrow()).directory_version;
    const version = await versionNow();
    const made = await run(tenant, 'rooms', rooms.replace('竹,上海,', '竹,上海,4'));
    expect(made).toMatchObject({ applied: true, created: 2 });
    expect(made.differences[0]?.after).toEqual({
      name: '松',
      level: '北京/3层',
      capacity: 8,
      description: '两行\n"引号"',
      devices: ['电视', '白板'],
      custom_id: 'R1',
    });
    // One directory version for all of it.
    expect(await versionNow()).toBe(version + 1);
    const moved = await run(tenant, 'rooms', 'name,level,custom_id\n松2,上海,R1\n竹,上海,R2');
    expect(moved.differences.map(({ before, after }) => [before, after])).toEqual([
      [
        { name: '松', level: '北京/3层' },
        { name: '松2', level: '上海' },
      ],
      [{ custom_id: '' }, { custom_id: 'R2' }],
    ]);
    const directory = await ctx.directories.read(tenant.tenantId);
    const shanghai = directory.levelNamed(directory.rootLevelId, '上海') ?? '';
    expect(directory.roomsIn(shanghai).map(({ name, version }) => [name, version])).toEqual([
      ['松2', 2],
      ['竹', 2],
    ]);
  });

  it('are refused where a rule stands against them', async () => {
    const tenant = await newTenant();
    await run(tenant, 'levels', 'path\na\nb');
    await run(tenant, 'rooms', 'name,level,capacity,custom_id\nx,a,1,R1\ny,a,1,R2');
    const before = await contentsOf(tenant);
    const deep = Array.from({ length: 11 }, (_, i) => `l${String(i)}`).join('/');
    expect(await faults('levels', `path,time_zone\n${deep},\nc,Mars\n/c,\nd,\nd,`, tenant)).toEqual(['2 path', '3 time_zone', '4 path', '6 path']);
    expect(await faults('rooms', 'name,level,capacity,custom_id\nx,nowhere,1,\n,a,many,\nz,a,1,R9\nw,a,1,R9\ny,a,1,R1', tenant)).toEqual([
      '2 level',
      '3 name',
      '3 capacity',
      '5 custom_id',
      '6 name',
    ]);
    expect(await contentsOf(tenant)).toEqual(before);
  });

  it('take the check-in terms of a room along as it moves', async () => {
    const tenant = await newTenant();
    const level = await addLevel(app, tenant.tenantId, tenant.rootLevelId);
    const { roomNo, roomId } = await addRoom(app, tenant.tenantId, level, 'x');
    await ctx.db.kysely.updateTable('rooms').set({ custom_room_id: 'R1' }).where('room_id', '=', roomId).execute();
    await addReservations(app, [reservation({ tenant_id: tenant.tenantId, room_no: roomNo, start_at: NOON + 86_400, check_in_rule: 'required' })]);
    await run(tenant, 'levels', 'path\nother');
    expect(await run(tenant, 'rooms', 'name,level,custom_id\nx,other,R1')).toMatchObject({ applied: true, changed: 1 });
    const row = await ctx.db.kysely.selectFrom('reservations').select('check_in_rule').where('tenant_id', '=', tenant.tenantId).executeTakeFirstOrThrow();
    // Nothing is bound to the room to check in with.
    expect(row.check_in_rule).toBe('no_device');
  });
});

describe('a dry run', () => {
  /** What is wrong comes now and then, so that many files are right. */
  const mostly = (right: readonly string[], wrong: readonly string[]) =>
    fc.oneof({ arbitrary: fc.constantFrom(...right), weight: 30 }, { arbitrary: fc.constantFrom(...wrong), weight: 1 });
  const name = mostly(['a', 'b', '研', 'x y', '=1', '"q', ' c '], ['', ' ']);
  const place = mostly(['a', 'b', 'a/b', '研/发', '=1'], ['', 'a//b']);
  const lineOf = (cells: readonly string[]) => cells.map((text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',');
  const rowsOf: Readonly<Record<ImportKind, fc.Arbitrary<string>>> = {
    users: fc
      .tuple(
        name,
        mostly(['', 'a@dry.example', 'B@dry.example'], ['bad']),
        mostly(['1', '2', '3', '4', '5', '6'], ['']),
        place,
        mostly(['', 'member', 'administrator', '会议管理'], ['king']),
      )
      .map(lineOf),
    levels: fc.tuple(place, name, mostly(['', 'Asia/Tokyo', 'Europe/Berlin'], ['Mars'])).map(lineOf),
    rooms: fc.tuple(name, mostly(['a', 'a/b'], ['none']), mostly(['1', '2'], ['', 'x']), name, fc.constantFrom('', '', 'R1', 'R2', 'R3')).map(lineOf),
  };
  const headers: Readonly<Record<ImportKind, string>> = {
    users: 'name,email,employee_no,department,role',
    levels: 'path,custom_id,time_zone',
    rooms: 'name,level,capacity,description,custom_id',
  };

  it.each(['users', 'levels', 'rooms'] as const)('says what the real run does and changes nothing; after it, all is as asked: %s', async (kind) => {
    const tenant = await newTenant();
    await run(tenant, 'levels', 'path\na\na/b');
    let applied = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(rowsOf[kind], { minLength: 1, maxLength: 3 }), async (rows) => {
        const csv = [headers[kind], ...rows].join('\n');
        const before = await contentsOf(tenant);
        const dry = await run(tenant, kind, csv, true);
        expect(await contentsOf(tenant)).toEqual(before);
        const real = await run(tenant, kind, csv);
        expect({ ...dry, applied: real.applied }).toEqual(real);
        expect(real.applied).toBe(real.rejected.length === 0);
        if (!real.applied) {
          expect(await contentsOf(tenant)).toEqual(before);
          return;
        }
        applied++;
        expect(await run(tenant, kind, csv)).toMatchObject({ applied: true, rows: real.rows, created: 0, unchanged: real.rows, differences: [] });
      }),
      { numRuns: 40 },
    );
    expect(applied).toBeGreaterThan(2);
  });
});

describe('a hostile file', () => {
  it.each<[string, string, string[]]>([
    ['nothing', '', ['1']],
    ['blank lines', '\n\n\n', ['1']],
    ['no such column', 'name,email,is_admin,tenant_id\nx,x@y.z,1,2', ['1 is_admin', '1 tenant_id']],
    ['a column twice', 'name,姓名,email\nx,y,z@z.z', ['1 姓名']],
    ['no column that must be there', 'email\nx@y.z', ['1 name']],
    ['a quote that is not closed', 'name,email\n"x,x@y.z\ny,z@z.z', ['3']],
    ['a quote inside', 'name,email\nx"y,x@y.z', ['2']],
    ['text behind a quote', 'name,email\n"x"y,x@y.z', ['2']],
    ['NUL', 'name,email\nx\0y,x@y.z', ['2 name']],
    ['a huge cell', `name,email\n${'x'.repeat(2_000_000)},x@y.z`, ['2 name']],
    ['cells that no column is for', 'name,email\nx,x@y.z,1,2,3', ['2']],
  ])('is refused: %s', async (_what, csv, expected) => {
    expect(await faults('users', csv)).toEqual(expected);
  });

  it('of a hundred thousand columns, or of too many rows, is refused', async () => {
    expect(await faults('users', `name,email,${Array.from({ length: 100_000 }, (_, i) => `c${String(i)}`).join(',')}\n`)).toHaveLength(100_000);
    expect(await faults('users', `name,email\n${'x,x@y.z\n'.repeat(50_001)}`)).toEqual(['50002']);
  });

  it('has its faults on the lines where an editor shows them', async () => {
    const csv = 'name,level,capacity,description\r\nx,none,1,"two\r\nlines"\r\n\r\ny,none,1,"and\nthree\rmore"\nz,none,1,\r\n';
    expect(await faults('rooms', csv)).toEqual(['2 level', '5 level', '8 level']);
  });
});

describe('the bytes of a file', () => {
  const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
  it.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from('姓名'), '姓名'],
    ['UTF-8 with a mark', Buffer.from('\uFEFF姓名'), '姓名'],
    ['UTF-16LE with a mark', Buffer.from('\uFEFF姓名', 'utf16le'), '姓名'],
    ['GBK', hex('d0d5c3fb 2c d3cacfe4 2c b2bfc3c5'), '姓名,邮箱,部门'],
    ['GB18030 beyond GBK', hex('8139ef30'), '㐁'],
  ])('are told by themselves: %s', (_what, bytes, text) => {
    expect(decodeCsv(bytes)).toBe(text);
  });

  it('are taken as they are said to be, or refused', () => {
    expect(decodeCsv(hex('d0d5c3fb'), 'gb18030')).toBe('姓名');
    expect(decodeCsv(Buffer.from('姓名', 'utf16le'), 'utf-16le')).toBe('姓名');
    expect(() => decodeCsv(hex('d0d5c3fb'), 'utf-8')).toThrow('is not utf-8');
    for (const bytes of ['fffe00d8', '89504e470d0a1a0a00ff80', 'ff'].map(hex)) expect(() => decodeCsv(bytes)).toThrow(/file/);
  });
});

describe('ten thousand rows', () => {
  it('are taken in by a bounded number of statements', async () => {
    const tenant = await newTenant();
    const rows = Array.from({ length: 10_000 }, (_, i) => i);
    const files: [ImportKind, string, string][] = [
      ['users', 'name,email,employee_no,department\n', rows.map((i) => `人 ${String(i)},u${String(i)}@example.net,,部 ${String(i % 50)}`).join('\n')],
      [
        'levels',
        'path\n',
        rows
          .slice(0, 100)
          .map((i) => `楼 ${String(i % 10)}/层 ${String(i)}`)
          .join('\n'),
      ],
      [
        'rooms',
        'name,level,capacity\n',
        rows
          .slice(0, 2000)
          .map((i) => `室 ${String(i)},楼 0/层 0,${String(i % 20)}`)
          .join('\n'),
      ],
    ];
    for (const [kind, header, csv] of files) {
      statements.length = 0;
      expect(await run(tenant, kind, header + csv)).toMatchObject({ applied: true, rejected: [] });
      expect([kind, statements.length < 150]).toEqual([kind, true]);
    }
    statements.length = 0;
    expect(
      await run(
        tenant,
        'rooms',
        String(files[2]?.[1]) +
          rows
            .slice(0, 1000)
            .map((i) => `室 ${String(i)},楼 0/层 0,99`)
            .join('\n'),
      ),
    ).toMatchObject({
      applied: true,
      changed: 1000,
    });
    expect(statements.length).toBeLessThan(50);
  });
});

describe('by the interface', () => {
  it('the report is the answer, cut off where it grows too long', async () => {
    const tenant = await newTenant();
    const bearer = await tenantToken(app, tenant);
    const post = async (body: object) => {
      const response = await fetch(`${app.url}/api/v1/imports`, { method: 'POST', headers: { authorization: `Bearer ${bearer}` }, body: JSON.stringify(body) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> & { differences: unknown[]; rejected: unknown[] } };
    };
    const csv = `name,employee_no\n${Array.from({ length: 1500 }, (_, i) => `x,${String(i)}`).join('\n')}`;
    const before = await contentsOf(tenant);
    const dry = await post({ kind: 'users', csv, dry_run: true });
    expect([dry.status, dry.body.applied, dry.body.created, dry.body.differences.length, dry.body.more_differences]).toEqual([200, false, 1500, 1000, 500]);
    expect(await contentsOf(tenant)).toEqual(before);
    const refused = await post({ kind: 'users', csv: csv.replaceAll('x,', ',') });
    expect([refused.status, refused.body.applied, refused.body.rejected.length, refused.body.more_rejected]).toEqual([200, false, 1000, 500]);
    // Larger than other bodies may be.
    expect((await post({ kind: 'users', csv: `${csv}\n${' '.repeat(1 << 21)}`, dry_run: true })).status).toBe(200);
    for (const [field, body] of Object.entries({
      kind: { kind: 'apps', csv },
      csv: { kind: 'users' },
      tenant: { kind: 'users', csv, tenant: 'x' },
      dry_run: { kind: 'users', csv, dry_run: 'yes' },
    }))
      expect((await post(body)).body).toMatchObject({ error: { code: 'invalid', fields: [{ field }] } });
  });
});
