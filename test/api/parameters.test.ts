import { afterAll, describe, expect, it } from 'vitest';
import { vc } from '../../src/wire/errors.ts';
import { NOON, tenantToken, testApp, testTenant } from '../support/app.ts';
import { addLevel, addReservations, addRoom, deleteLevel, getLedger, queryString, reservation, verdict, type Query } from '../support/ledger.ts';

/*
 * Every parameter of the ledger, value by value. The tenant has four rooms with one reservation each:
 * A in a site, B on a floor of that site, C directly below the root, D in another site.
 */
const app = await testApp({ rateLimit: 0 });
afterAll(() => app.stop());
const tenant = await testTenant(app);
const { tenantId, rootLevelId: root } = tenant;
const token = await tenantToken(app, tenant);
const site = await addLevel(app, tenantId, root);
const floor = await addLevel(app, tenantId, site);
const otherSite = await addLevel(app, tenantId, root);
const closedSite = await addLevel(app, tenantId, root);
await deleteLevel(app, tenantId, closedSite);
const FROM = NOON - 4 * 3600;
const rooms = [];
for (const [i, [name, level]] of (
  [
    ['A', site],
    ['B', floor],
    ['C', root],
    ['D', otherSite],
  ] as const
).entries()) {
  const room = await addRoom(app, tenantId, level, name);
  await addReservations(app, [reservation({ tenant_id: tenantId, room_no: room.roomNo, start_at: FROM + i * 60, title: `title ${name}` })]);
  rooms.push(room.roomId);
}
const [A = '', B = '', C = '', D = ''] = rooms;

const foreigner = await testTenant(app);
const foreignRoom = await addRoom(app, foreigner.tenantId, foreigner.rootLevelId, 'X');
await addReservations(app, [reservation({ tenant_id: foreigner.tenantId, room_no: foreignRoom.roomNo, start_at: FROM })]);

const DAY = 86_400;
const day = { start_time: FROM, end_time: FROM + DAY - 1 };
const ask = (query: Query) => getLedger(app, token, { ...day, ...query });
const namesFor = async (query: Query) => {
  const answer = await ask(query);
  expect(verdict(answer)).toEqual({ status: 200, code: 0, msg: 'success' });
  return answer.body.data.room_reservation_list.map((row) => row.room_name).join('');
};
const refused = (row: { code: number; http: number; msg: string }, ...fields: string[]) => {
  const { code, http: status, msg } = row;
  return fields.length > 0 ? { status, code, msg, fields } : { status, code, msg };
};
const UNKNOWN_ROOM = `omm_${'0'.repeat(32)}`;

describe('room_level_id', () => {
  it.each([
    ['absent', undefined, 'ABCD'],
    ['empty', '', 'ABCD'],
    ['the root', root, 'ABCD'],
    ['a site, its whole subtree', site, 'AB'],
    ['a floor', floor, 'B'],
    ['without the prefix', 'tenant', 'ABCD'],
    ['a number', '1', 'ABCD'],
    ['the prefix in upper case', root.toUpperCase(), 'ABCD'],
    ['the prefix behind a space', ` ${site}`, 'ABCD'],
    ['a room', A, 'ABCD'],
    ['a prototype name', '__proto__', 'ABCD'],
  ])('%s', async (_what, room_level_id, names) => {
    expect(await namesFor({ room_level_id })).toBe(names);
  });

  it.each([
    ['unknown', `omb_${'0'.repeat(32)}`],
    ['only the prefix', 'omb'],
    ['the prefix and nothing behind it', 'omb_'],
    ['malformed', 'omb_xyz'],
    ['glued to the prefix', 'ombudsman'],
    ['known, with a space behind', `${site} `],
    ['known, in upper case behind the prefix', `omb_${site.slice(4).toUpperCase()}X`],
    ['of another tenant', foreigner.rootLevelId],
    ['deleted', closedSite],
    ['very long', `omb_${'f'.repeat(4000)}`],
    ['with a zero byte', `${site}\0`],
    ['an attempt at SQL', "omb_' OR '1'='1"],
    ['a prototype name behind the prefix', 'omb__proto__'],
  ])('%s is no level', async (_what, room_level_id) => {
    expect(verdict(await ask({ room_level_id }))).toEqual(refused(vc.notFound));
    expect(verdict(await ask({ room_level_id, room_ids: [A] }))).toEqual(refused(vc.notFound));
    expect(verdict(await ask({ room_level_id, room_ids: [A], is_exclude: true }))).toEqual(refused(vc.notFound));
  });
});

describe('room_ids and is_exclude', () => {
  it.each<[string, Query, string]>([
    ['one room', { room_ids: [A] }, 'A'],
    ['two rooms', { room_ids: [C, A] }, 'AC'],
    ['one room three times', { room_ids: [A, A, A] }, 'A'],
    ['a known and an unknown one', { room_ids: [UNKNOWN_ROOM, D] }, 'D'],
    ['one of ours and one of another tenant', { room_ids: [foreignRoom.roomId, B] }, 'B'],
    ['200 rooms, one known', { room_ids: [...Array.from({ length: 199 }, (_, i) => `omm_${String(i)}`), B] }, 'B'],
    ['the level does not narrow them', { room_ids: [A, C], room_level_id: floor }, 'AC'],
    ['no rooms: those of the level', { room_level_id: site }, 'AB'],
    ['no rooms, is_exclude false', { room_level_id: site, is_exclude: false }, 'AB'],
    ['no rooms, is_exclude true', { room_level_id: site, is_exclude: true }, 'AB'],
    ['all but one', { room_ids: [A], is_exclude: true }, 'BCD'],
    ['all but one, told twice', { room_ids: [A, A], is_exclude: true }, 'BCD'],
    ['all but two', { room_ids: [A, D], is_exclude: true }, 'BC'],
    ['all but all', { room_ids: [A, B, C, D], is_exclude: true }, ''],
    ['a level but one', { room_ids: [A], is_exclude: true, room_level_id: site }, 'B'],
    ['a level but all of it', { room_ids: [B, A], is_exclude: true, room_level_id: site }, ''],
    ['a level but a room outside of it', { room_ids: [C], is_exclude: true, room_level_id: site }, 'AB'],
    ['all but an unknown one', { room_ids: [UNKNOWN_ROOM], is_exclude: true }, 'ABCD'],
    ['all but an unknown and a known one', { room_ids: [UNKNOWN_ROOM, A], is_exclude: true }, 'BCD'],
    ["all but another tenant's", { room_ids: [foreignRoom.roomId], is_exclude: true }, 'ABCD'],
  ])('%s', async (_what, query, names) => {
    expect(await namesFor(query)).toBe(names);
  });

  it.each<[string, readonly string[]]>([
    ['unknown', [UNKNOWN_ROOM]],
    ['all unknown', [UNKNOWN_ROOM, 'omm_1', 'x']],
    ['empty', ['']],
    ['of another tenant', [foreignRoom.roomId]],
    ['separated by commas', [`${A},${B}`]],
    ['with a space behind', [`${A} `]],
    ['in upper case', [A.toUpperCase()]],
    ['a prototype name', ['__proto__']],
  ])('%s: no such data', async (_what, room_ids) => {
    expect(verdict(await ask({ room_ids }))).toEqual(refused(vc.notFound));
  });

  it('does not read the bracket forms of other servers', async () => {
    expect(await namesFor({ 'room_ids[]': [A], 'room_ids[0]': A })).toBe('ABCD');
  });
});

describe('booleans', () => {
  it.each(['true', 'True', 'TRUE', 'tRuE'])('%s is true', async (value) => {
    const { body } = await ask({ need_topic: value, is_exclude: value, room_ids: [A, B, C] });
    expect(body.data.room_reservation_list.map((row) => row.event_title)).toEqual(['title D']);
  });

  it.each(['false', 'False', 'FALSE', undefined])('%s is false', async (value) => {
    const { body } = await ask({ need_topic: value, is_exclude: value, room_ids: [D] });
    expect(body.data.room_reservation_list.map((row) => row.event_title)).toEqual(['']);
  });

  const noBooleans = ['', '1', '0', 'yes', 'no', 't', 'null', 'undefined', 'true ', ' true', 'true,true', '[]', 'constructor'];
  it.each(noBooleans)('%j is neither', async (value) => {
    for (const name of ['need_topic', 'is_exclude']) expect(verdict(await ask({ [name]: value }))).toEqual(refused(vc.param, name));
  });
});

const noIntegers = [
  '',
  ' ',
  'x',
  'NaN',
  'Infinity',
  'null',
  'true',
  '-',
  '+',
  '--1',
  '+5',
  '5 ',
  ' 5',
  '1.5',
  '1.0',
  '1.',
  '.5',
  '1e9',
  '0x10',
  '0b1',
  '0o7',
].concat(['1,000', '1_000', '5n', '１２', '٣', '2026-03-18', '1\n', '1\0', '[1]', '9'.repeat(400) + 'x']);

describe('start_time and end_time', () => {
  it.each(noIntegers)('%j is no time', async (value) => {
    expect(verdict(await ask({ start_time: value }))).toEqual(refused(vc.param, 'start_time'));
    expect(verdict(await ask({ end_time: value }))).toEqual(refused(vc.param, 'end_time'));
  });

  it('are required', async () => {
    const start = await ask({ start_time: undefined });
    expect(verdict(start)).toEqual(refused(vc.param, 'start_time'));
    expect(start.body.error.field_violations).toEqual([{ field: 'start_time', description: 'is required' }]);
    expect(verdict(await ask({ end_time: undefined }))).toEqual(refused(vc.param, 'end_time'));
    expect(verdict(await getLedger(app, token, ''))).toEqual(refused(vc.param, 'end_time', 'start_time'));
  });

  const huge = '9'.repeat(400);
  it.each<[string, string | number, string | number, object]>([
    ['an instant', FROM, FROM, { status: 200 }],
    ['a day less a second', FROM, FROM + DAY - 1, { status: 200 }],
    ['a day', FROM, FROM + DAY, { status: 200 }],
    ['a day and a second', FROM, FROM + DAY + 1, refused(vc.endTime)],
    ['the end before the start', FROM, FROM - 1, refused(vc.endTime)],
    ['a negative end', FROM, -1, refused(vc.endTime)],
    ['an end of 400 digits', FROM, huge, refused(vc.endTime)],
    ['a negative end of 400 digits', FROM, `-${huge}`, refused(vc.endTime)],
    ['an end past the exact doubles', FROM, '9007199254740993', refused(vc.endTime)],
    ['from now', NOON, NOON + DAY, { status: 200 }],
    ['from a second from now', NOON + 1, NOON + 2, refused(vc.startTime)],
    ['the first day of all', 0, DAY, { status: 200 }],
    ['leading zeros', `000${String(FROM)}`, `0${String(FROM)}`, { status: 200 }],
    ['minus zero', '-0', '-0', { status: 200 }],
    ['before 1970', -1, 5, refused(vc.startTime)],
    ['a negative start of 400 digits', `-${huge}`, FROM, refused(vc.startTime)],
    ['a start of 400 digits', huge, huge, refused(vc.startTime)],
    ['a start past 64 bits', '18446744073709551616', '18446744073709551617', refused(vc.startTime)],
    ['milliseconds', FROM * 1000, FROM * 1000 + 1, refused(vc.startTime)],
    ['both ends wrong', NOON + 1, NOON, refused(vc.startTime)],
  ])('%s', async (_what, start_time, end_time, expected) => {
    expect(verdict(await ask({ start_time, end_time }))).toMatchObject(expected);
  });
});

describe('page_size', () => {
  it.each(['20', '100', '57', '020'])('%s', async (page_size) => {
    expect(await namesFor({ page_size })).toBe('ABCD');
  });

  it.each([...noIntegers, '19', '101', '0', '-1', '-20', '2.5', '1e1', '0x14', '20.0', '9'.repeat(400)])('%j is refused', async (page_size) => {
    expect(verdict(await ask({ page_size }))).toEqual(refused(vc.param, 'page_size'));
  });
});

describe('the parameters together', () => {
  const scalars = { room_level_id: site, need_topic: true, ...day, is_exclude: true, page_size: 20, page_token: '' };
  it.each(Object.keys(scalars))('%s must be given once', async (name) => {
    const value = String(scalars[name as keyof typeof scalars]);
    const answer = await ask({ ...scalars, [name]: [value, value] });
    expect(verdict(answer)).toEqual(refused(vc.param, name));
    // A page token opens a page for whoever has it, so that it is not repeated.
    const sent = name === 'page_token' ? {} : { value: `${value}&${value}` };
    expect(answer.body.error.field_violations).toEqual([{ field: name, ...sent, description: 'must be given once' }]);
  });

  it('names every bad one, with what was sent, shortened', async () => {
    const long = 'x'.repeat(300);
    const answer = await getLedger(app, token, { start_time: long, need_topic: 'maybe', page_size: 5, is_exclude: ['true', 'false'] });
    expect(verdict(answer)).toEqual(refused(vc.param, 'end_time', 'is_exclude', 'need_topic', 'page_size', 'start_time'));
    const sent = new Map(answer.body.error.field_violations?.map(({ field, value }) => [field, value]));
    expect(sent).toEqual(
      new Map([
        ['start_time', `${'x'.repeat(100)}…`],
        ['need_topic', 'maybe'],
        ['page_size', '5'],
        ['is_exclude', 'true&false'],
        ['end_time', undefined],
      ]),
    );
    for (const { description } of answer.body.error.field_violations ?? []) expect(description).not.toBe('');
  });

  const strangers = [
    'foo=1',
    'user_id_type=open_id',
    '__proto__=1',
    '__proto__[start_time]=x',
    'constructor=1',
    'toString=1&toString=2',
    'hasOwnProperty=',
    '=',
    '%zz=1',
    'START_TIME=x',
  ];
  it.each(strangers)('%s is ignored', async (stranger) => {
    const expected = await getLedger(app, token, queryString(day));
    const { status, body } = await getLedger(app, token, `${stranger}&${queryString(day)}&${stranger}`);
    expect({ status, body }).toEqual({ status: 200, body: expected.body });
  });

  it('are read in any order and any encoding', async () => {
    const encoded = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
    const query = `${encoded('room_ids')}=${encoded(B)}&end_time=${String(FROM + 99)}&room_ids=${A}&${encoded('start_time')}=${encoded(String(FROM))}`;
    const { body } = await getLedger(app, token, query);
    expect(body.data.room_reservation_list.map((row) => row.room_name)).toEqual(['A', 'B']);
  });
});
