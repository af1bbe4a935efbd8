import type { App } from '../../src/app.ts';
import { beginDirectoryChange } from '../../src/store/directory.ts';
import { deleteLevels } from '../../src/store/levels.ts';
import { deleteRooms, nextRoomNo } from '../../src/store/rooms.ts';
import type { Reservation } from '../../src/store/tables.ts';
import type { TestApp } from './app.ts';

/** The body of an answer of the ledger, success or failure. */
export interface LedgerBody {
  code: number;
  msg: string;
  data: { room_reservation_list: Record<string, string>[]; page_token?: string; has_more: boolean };
  error: {
    log_id: string;
    field_violations?: { field: string; value?: string; description: string }[];
    permission_violations?: { type: string; subject: string }[];
  };
}

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

export interface LedgerAnswer {
  status: number;
  headers: Headers;
  body: LedgerBody;
}

/** Calls the ledger as a client does. A query given as text is sent as it is. */
export async function getLedger(app: TestApp, token: string | undefined, query: Query | string): Promise<LedgerAnswer> {
  const url = `${app.url}/open-apis/vc/v1/resource_reservation_list?${typeof query === 'string' ? query : queryString(query)}`;
  const response = await fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  return { status: response.status, headers: response.headers, body: (await response.json()) as LedgerBody };
}

/** What an answer amounts to: status, code, text and, of a refusal, the bad fields in order of name. */
export function verdict({ status, body }: LedgerAnswer): { status: number; code: number; msg: string; fields?: string[] } {
  const { code, msg } = body;
  const violations = code === 0 ? undefined : body.error.field_violations;
  return violations ? { status, code, msg, fields: violations.map(({ field }) => field).sort() } : { status, code, msg };
}

/** Epoch seconds of a time that the wire wrote. */
export function instantOf(text: string): number {
  const [, date = '', time = '', offset = ''] = /^([\d.]{10}) ([\d:]{8}) \(GMT(.{6})\)$/.exec(text) ?? [];
  return Date.parse(`${date.replaceAll('.', '-')}T${time}${offset}`) / 1000;
}

export function queryString(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) if (item !== undefined) parameters.append(name, String(item));
  }
  return parameters.toString();
}

/** All rows of a query, page by page. */
export async function walkLedger(app: TestApp, token: string, query: Query): Promise<Record<string, string>[]> {
  const rows: Record<string, string>[] = [];
  for (let page_token: string | undefined; ;) {
    const { status, body } = await getLedger(app, token, { ...query, page_token });
    if (status !== 200) throw new Error(JSON.stringify(body));
    rows.push(...body.data.room_reservation_list);
    if (!body.data.has_more) return rows;
    page_token = body.data.page_token;
  }
}

/** Adds a level below another. */
export async function addLevel(app: App, tenantId: number, parentId: string, timeZone: string | null = null): Promise<string> {
  const levelId = app.ctx.ids.level();
  await app.ctx.db.transaction(async (tx) => {
    const changed_in = await beginDirectoryChange(tx, tenantId);
    await tx
      .insertInto('levels')
      .values({ tenant_id: tenantId, level_id: levelId, parent_id: parentId, name: levelId, time_zone: timeZone, changed_in, deleted_at: null })
      .execute();
  });
  return levelId;
}

/** Adds a room to a level. */
export async function addRoom(app: App, tenantId: number, levelId: string, name?: string): Promise<{ roomNo: number; roomId: string }> {
  const roomId = app.ctx.ids.room();
  return app.ctx.db.transaction(async (tx) => {
    const changed_in = await beginDirectoryChange(tx, tenantId);
    const roomNo = await nextRoomNo(tx, tenantId);
    const row = { tenant_id: tenantId, room_no: roomNo, room_id: roomId, level_id: levelId, name: name ?? `Room ${String(roomNo)}`, capacity: 6 };
    await tx
      .insertInto('rooms')
      .values({ ...row, created_at: 0, changed_in, deleted_at: null })
      .execute();
    return { roomNo, roomId };
  });
}

/** Deletes a room, as far as the ledger can tell. */
export async function deleteRoom(app: App, tenantId: number, roomNo: number): Promise<void> {
  await app.ctx.db.transaction(async (tx) => {
    await deleteRooms(tx, tenantId, [roomNo], app.ctx.clock.now(), await beginDirectoryChange(tx, tenantId));
  });
}

/** Deletes a level, as far as the ledger can tell. */
export async function deleteLevel(app: App, tenantId: number, levelId: string): Promise<void> {
  await app.ctx.db.transaction(async (tx) => {
    await deleteLevels(tx, tenantId, [levelId], app.ctx.clock.now(), await beginDirectoryChange(tx, tenantId));
  });
}

/** An accepted reservation of an hour; what a test cares about it says. */
export function reservation(facts: Partial<Omit<Reservation, 'id'>> & { tenant_id: number; room_no: number; start_at: number }): Omit<Reservation, 'id'> {
  const { start_at } = facts;
  return {
    end_at: start_at + 3600,
    title: '周会',
    is_private: 0,
    reserver_id: 'ou_00000000000000000000000000000001',
    reserver_name: '可涵',
    reserver_department: '研发部',
    guests: 5,
    guests_accepted: 2,
    created_at: start_at - 86_400,
    accepted_at: start_at - 86_400,
    rejected_at: null,
    cancelled_at: null,
    cancel_cause: null,
    cancel_note: null,
    released_at: null,
    release_cause: null,
    released_by_name: null,
    check_in_rule: 'required',
    check_in_opens_at: start_at - 900,
    check_in_closes_at: start_at + 900,
    release_on_no_show: 1,
    checked_in_at: null,
    checked_in_with: null,
    room_disabled_at: null,
    event_id: null,
    original_at: 0,
    reject_cause: null,
    reject_note: null,
    approval_reason: null,
    decided_by_name: null,
    contact_id: null,
    check_in_settled: 1,
    updated_at: 0,
    version: 1,
    ...facts,
  };
}

/** Writes reservations as they are, past the domain. Ids follow the order given. */
export async function addReservations(app: App, rows: readonly Omit<Reservation, 'id'>[]): Promise<void> {
  await app.ctx.db.transaction(async (tx) => {
    for (const row of rows) {
      await tx
        .insertInto('reservations')
        .values({ ...row, id: app.ctx.db.dialect.newRowId('reservations', row.tenant_id) })
        .execute();
    }
  });
}
