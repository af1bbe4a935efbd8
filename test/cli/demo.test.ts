import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultSize, type DemoAccess } from '../../src/domain/demo/load.ts';
import type { Reservation } from '../../src/store/tables.ts';
import { checkInDevice, checkInStatus, reservationStatus } from '../../src/wire/literals.ts';
import { NOON, tenantToken, userSession, type TestApp } from '../support/app.ts';
import { runCommand, runJson } from '../support/command.ts';
import { demoApp } from '../support/demo.ts';
import { keptDirectory } from '../support/directory.ts';
import { walkLedger } from '../support/ledger.ts';
import { serve } from '../support/process.ts';
import { contentsOf, type Row } from '../support/rows.ts';

const DAY = 86_400;
/** Within the days of this demo Berlin changes its clocks, and there are eight weekends. */
const AT = NOON;

/** A demo that two calls with few rows can be compared by. */
const SMALL = ['--at', String(AT), '--rooms', '14', '--days', '12'] as const;

/** Everything but the secrets, which come from the key file, and when the schema was made. */
function publicRows(data: string): Record<string, Row[]> {
  const { apps = [], passwords = [], schema_migrations: _, ...others } = contentsOf(data);
  return { ...others, apps: apps.map(({ secret_hash: _, ...app }) => app), passwords: passwords.map(({ hash: _, ...password }) => password) };
}

async function demoIn(data: string, ...words: string[]) {
  return runJson<{ tenant_key: string; app_id: string; app_secret: string; password: string; created: boolean }>('demo', ...words, '--data', data);
}

describe('the same call', () => {
  it('makes the same rows anywhere, and a secret of its own', async () => {
    const directories = [keptDirectory(), keptDirectory()] as const;
    const [one, two] = [await demoIn(directories[0], ...SMALL), await demoIn(directories[1], ...SMALL)];
    const [left, right] = directories.map(publicRows);
    expect(left?.reservations?.length).toBe(Math.round((14 * 12 * defaultSize.reservations) / (defaultSize.rooms * defaultSize.days)));
    expect(left).toEqual(right);
    expect({ ...one, app_secret: '', password: '' }).toEqual({ ...two, app_secret: '', password: '' });
    expect(one.app_secret).not.toBe(two.app_secret);
    expect(one.password).not.toBe(two.password);
  });

  it('with another seed or instant makes other rows, with the same words for the instant the same', async () => {
    const reservationsOf = async (...words: string[]) => {
      const data = keptDirectory();
      await demoIn(data, ...words);
      return publicRows(data).reservations?.map(({ tenant_id: _, ...row }) => row);
    };
    const base = await reservationsOf(...SMALL);
    expect(await reservationsOf(...SMALL, '--seed', '1')).toEqual(base);
    expect(await reservationsOf(...SMALL, '--at', '2026-03-18T12:00:00+08:00')).toEqual(base);
    expect(await reservationsOf(...SMALL, '--seed', '2')).not.toEqual(base);
    expect(await reservationsOf(...SMALL, '--at', String(AT + 3600))).not.toEqual(base);
  });

  it('asked for again shows the same access and changes nothing', async () => {
    const data = keptDirectory();
    const first = await demoIn(data, ...SMALL);
    const before = contentsOf(data);
    expect(first.created).toBe(true);
    for (const words of [[], SMALL, ['--seed', '1']]) expect(await demoIn(data, ...words)).toEqual({ ...first, created: false });
    const { stdout } = await runCommand('demo', '--env', '--data', data);
    expect(stdout).toBe(`APP_ID=${first.app_id}\nAPP_SECRET=${first.app_secret}\n`);
    const other = await runCommand('demo', '--seed', '2', '--data', data);
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toMatch(/^yuding: [^\n]*--seed 1[^\n]*\n$/);
    expect(contentsOf(data)).toEqual(before);
  });
});

describe('beside a real tenant', () => {
  it('the demo keeps to its own', async () => {
    const data = keptDirectory();
    await runJson('tenant', 'create', '--name', 'Real', '--data', data);
    const { app_id: realApp } = await runJson<{ app_id: string }>('app', 'create', '--name', 'Real', '--data', data);
    const before = contentsOf(data);
    await demoIn(data, ...SMALL);
    const after = contentsOf(data);
    const realId = before.tenants?.[0]?.tenant_id;
    const isReal = (row: Row) => row.tenant_id === realId;
    for (const [table, rows] of Object.entries(before))
      expect(
        after[table]?.filter((row) => !('tenant_id' in row) || isReal(row)),
        table,
      ).toEqual(rows);
    expect(after.apps?.filter(isReal)).toMatchObject([{ app_id: realApp }]);
    expect(after.reservations?.some(isReal)).toBe(false);
  });

  it('serve --demo loads nothing', async () => {
    const data = keptDirectory();
    await runJson('tenant', 'create', '--name', 'Real', '--data', data);
    const before = contentsOf(data);
    await using server = await serve(data, '--demo');
    expect(server.stdout).not.toContain('app_secret');
    expect(contentsOf(data)).toEqual(before);
  });

  it('serve --demo on an empty directory loads a demo, once', async () => {
    const data = keptDirectory();
    const credentials = async () => {
      await using server = await serve(data, '--demo');
      const [, appId = '', appSecret = ''] = /^app_id +(\S+)\napp_secret +(\S+)$/m.exec(server.stdout) ?? [];
      expect(await tenantToken({ url: server.url } as TestApp, { appId, appSecret })).toMatch(/^t-/);
      expect(server.stdout).toContain(`${server.url}/open-apis/vc/v1/resource_reservation_list?`);
      return { appId, appSecret };
    };
    expect(await credentials()).toEqual(await credentials());
    expect(contentsOf(data).tenants).toHaveLength(1);
  });
});

describe('the demo of the usual size', () => {
  let app: TestApp;
  let access: DemoAccess;
  /** What the ledger has of all days so far, and of the next. */
  const shown: Record<string, string>[] = [];
  let rows: Reservation[];
  let rooms: Map<number, { devices: Set<string>; zone: string }>;

  beforeAll(async () => {
    ({ app, demo: access } = await demoApp(1));
    // Before this process reads all rows itself, and keeps the server from its work so long that it would refuse calls.
    const token = await tenantToken(app, access);
    for (let from = Math.floor(AT / DAY - 42) * DAY; from <= AT; from += DAY) {
      shown.push(...(await walkLedger(app, token, { start_time: from, end_time: from + DAY - 1, page_size: 100 })));
    }
    shown.push(...(await walkLedger(app, token, { start_time: AT, end_time: AT + DAY, page_size: 100 })));
    const { kysely } = app.ctx.db;
    rows = await kysely.selectFrom('reservations').selectAll().orderBy('start_at').execute();
    const devices = await kysely.selectFrom('devices').select(['room_no', 'kind']).execute();
    const directory = await app.ctx.directories.read(access.tenantId);
    rooms = new Map(
      directory.roomsUnder(access.rootLevelId).map((roomNo) => {
        const kinds = devices.filter(({ room_no }) => room_no === roomNo).map(({ kind }) => kind);
        return [roomNo, { devices: new Set<string>(kinds), zone: directory.zoneOf(directory.roomOfNumber(roomNo)?.level_id ?? '') }];
      }),
    );
  });
  afterAll(() => app.stop());

  it('has as many rooms and reservations as it says', () => {
    expect(rooms.size).toBe(defaultSize.rooms);
    expect(rows).toHaveLength(defaultSize.reservations);
    expect(new Set([...rooms.values()].map(({ zone }) => zone))).toEqual(new Set(['Asia/Shanghai', 'Europe/Berlin']));
  });

  it('shows every literal in the ledger, the moment it is loaded', () => {
    const texts = (field: string) => [...new Set(shown.map((row) => row[field]))].sort();
    expect(texts('reservation_status')).toEqual(Object.values(reservationStatus).sort());
    expect(texts('room_check_in_status')).toEqual(Object.values(checkInStatus).sort());
    expect(texts('check_in_device')).toEqual(['', ...Object.values(checkInDevice)].sort());
    const releases = Object.values<string>(reservationStatus).filter((text) => text.startsWith('已释放'));
    expect(texts('is_release_early')).toEqual(['', ...releases].sort());
  });

  it('has no two active reservations of a room at one time', () => {
    const active = rows.filter((row) => row.accepted_at !== null && row.cancelled_at === null && row.released_at === null);
    const lastEnd = new Map<number, number>();
    for (const row of active) {
      expect(row.start_at).toBeGreaterThanOrEqual(lastEnd.get(row.room_no) ?? 0);
      lastEnd.set(row.room_no, row.end_at);
    }
    expect(active.length).toBeGreaterThan(rows.length / 2);
  });

  it('has rows in both zones in any 24 hours, weekends included', () => {
    const starts = new Map<string, number[]>();
    for (const row of rows) {
      const { zone } = rooms.get(row.room_no) ?? { zone: '' };
      if (row.cancelled_at === null && row.rejected_at === null) starts.set(zone, [...(starts.get(zone) ?? []), row.start_at]);
    }
    expect(starts.size).toBe(2);
    const midnight = Math.floor(AT / DAY) * DAY;
    const ends = [midnight - 41 * DAY, midnight + 13 * DAY] as const;
    for (const [zone, times] of starts) {
      const inside = [ends[0], ...times.filter((time) => time >= ends[0] && time < ends[1]), ends[1]];
      const gaps = inside.slice(1).map((time, i) => time - (inside[i] ?? 0));
      // A window of 24 hours is empty only where two starts lie more than 24 hours apart.
      expect(Math.max(...gaps), zone).toBeLessThanOrEqual(DAY);
    }
  });

  const never: readonly [what: string, isSo: (row: Reservation, room: { devices: Set<string> }) => boolean][] = [
    ['anything happened after the instant it is up to date with', (row) => timesOf(row).some((time) => time > AT)],
    ['something happened before it was booked', (row) => timesOf(row).some((time) => time < row.created_at)],
    ['a request was both accepted and rejected', (row) => row.accepted_at !== null && row.rejected_at !== null],
    ['a request waited past its start', (row) => row.accepted_at === null && row.rejected_at === null && row.cancelled_at === null && row.start_at <= AT],
    ['what was never accepted was used', (row) => row.accepted_at === null && (row.checked_in_at !== null || row.released_at !== null)],
    [
      'what was cancelled was accepted later, used or released',
      (row) => row.cancelled_at !== null && (later(row.accepted_at, row.cancelled_at) || row.checked_in_at !== null || row.released_at !== null),
    ],
    ['a cancellation came when the check-in was open', (row) => later(row.cancelled_at, row.check_in_opens_at ?? row.start_at)],
    ['a check-in happened where none was asked', (row) => row.checked_in_at !== null && row.check_in_rule !== 'required'],
    [
      'a check-in came before its window or after it',
      (row) => row.checked_in_at !== null && (row.checked_in_at < (row.check_in_opens_at ?? Infinity) || row.checked_in_at > (row.check_in_closes_at ?? 0)),
    ],
    ['a device checked nobody in', (row) => row.checked_in_with !== null && row.checked_in_at === null],
    [
      'a device checked in that the room has not',
      (row, { devices }) => row.checked_in_with !== null && row.checked_in_with !== 'offline_auto' && !devices.has(row.checked_in_with),
    ],
    [
      'the system checked in at another time than the end of the window',
      (row) => row.checked_in_with === 'offline_auto' && row.checked_in_at !== row.check_in_closes_at,
    ],
    ['a check-in followed the release', (row) => later(row.checked_in_at, row.released_at)],
    ['a release came after the end', (row) => later(row.released_at, row.end_at)],
    ['a room ended early without a check-in', (row) => row.release_cause === 'after_end' && row.checked_in_at === null],
    ['a meeting ended early before it began', (row) => row.release_cause === 'after_end' && (row.released_at ?? 0) <= row.start_at],
    [
      'a no-show had checked in, was none to be released, or was released at another time',
      (row) => row.release_cause === 'no_show' && (row.checked_in_at !== null || row.release_on_no_show === 0 || row.released_at !== row.check_in_closes_at),
    ],
    [
      'a sensor released a room without one, or one not yet begun',
      (row, { devices }) => row.release_cause === 'by_sensor' && (!devices.has('sensor') || (row.released_at ?? 0) <= row.start_at),
    ],
    [
      'nobody released by hand, or somebody did what a machine does',
      (row) => row.release_cause !== null && ['by_hand', 'after_end'].includes(row.release_cause) !== (row.released_by_name !== null),
    ],
    ['a release has no cause', (row) => (row.released_at === null) !== (row.release_cause === null)],
    [
      'a check-in was asked without a device, or a device was there where none was said to be',
      (row, { devices }) => (row.check_in_rule === 'required' && devices.size === 0) || (row.check_in_rule === 'no_device' && devices.size > 0),
    ],
    ['a no-show kept a room that releases no-shows', (row) => isOpenNoShow(row)],
    [
      'a walk-up lies ahead or was booked at another time than its start',
      (row) => row.check_in_rule === 'walk_up' && (row.start_at > AT || row.created_at !== row.start_at),
    ],
    ['more people accepted than were invited', (row) => row.guests_accepted > row.guests],
  ];

  it.each(never)('never: %s', (_what, isSo) => {
    const wrong = rows.filter((row) => isSo(row, rooms.get(row.room_no) ?? { devices: new Set() }));
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it('tells its administrator what happened of late, asks them for approvals, and says what stands in the rooms', async () => {
    const headers = { cookie: await userSession(app, access.tenantId, access.administratorId) };
    const ask = async <Answer>(path: string): Promise<Answer> => {
      const response = await fetch(`${app.url}/api/v1/${path}`, { headers });
      expect(response.status).toBe(200);
      return (await response.json()) as Answer;
    };
    const { items } = await ask<{ items: { kind: string; at: string }[] }>('inbox');
    expect(items.length).toBeGreaterThan(2);
    const times = items.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(times[0]).toBeLessThanOrEqual(AT * 1000);
    expect(items.filter(({ kind }) => !['released', 'declined'].includes(kind))).toEqual([]);
    const { approvals } = await ask<{ approvals: unknown[] }>('approvals');
    expect(approvals.length).toBeGreaterThan(2);
    const { rooms: listed } = await ask<{ rooms: { equipment: string[] }[] }>('rooms?limit=60');
    expect(listed.filter(({ equipment }) => equipment.length === 0)).toEqual([]);
  });

  it('names reservers as they are: people with their departments, or its app', async () => {
    const { kysely } = app.ctx.db;
    const people = await kysely
      .selectFrom('users')
      .leftJoin('departments', (join) =>
        join.onRef('departments.tenant_id', '=', 'users.tenant_id').onRef('departments.department_id', '=', 'users.department_id'),
      )
      .select(['users.user_id', 'users.name', 'departments.name as department'])
      .execute();
    const apps = await kysely.selectFrom('apps').select(['app_id', 'name']).execute();
    const known = new Map([
      ...people.map((p) => [p.user_id, `${p.name} ${p.department ?? ''}`] as const),
      ...apps.map((a) => [a.app_id, `${a.name} `] as const),
    ]);
    expect(rows.filter((row) => known.get(row.reserver_id) !== `${row.reserver_name} ${row.reserver_department}`).slice(0, 3)).toEqual([]);
    expect(new Set(rows.map((row) => row.reserver_id.slice(0, 3)))).toEqual(new Set(['ou_', 'cli']));
  });
});

/** All that happened to a reservation. */
function timesOf(row: Reservation): number[] {
  return [row.created_at, row.accepted_at, row.rejected_at, row.cancelled_at, row.released_at, row.checked_in_at, row.room_disabled_at].filter(
    (time) => time !== null,
  );
}

function later(time: number | null, than: number | null): boolean {
  return time !== null && than !== null && time > than;
}

/** Nobody came, the window is closed, and yet nothing was done that the room's setting asks for. */
function isOpenNoShow(row: Reservation): boolean {
  const stood = row.accepted_at !== null && row.cancelled_at === null && row.released_at === null && row.room_disabled_at === null;
  return stood && row.check_in_rule === 'required' && row.release_on_no_show === 1 && row.checked_in_at === null && (row.check_in_closes_at ?? AT) < AT;
}
