import type { Ctx } from '../../context.ts';
import { chunks } from '../../store/chunks.ts';
import type { Change } from '../../store/history.ts';
import type { Queries } from '../../store/open.ts';
import { findRooms, holdRooms, nextRoomNo, putRooms, roomNosByCustomId } from '../../store/rooms.ts';
import type { Room } from '../../store/tables.ts';
import { refreshTerms } from '../check-in.ts';
import type { Directory } from '../directory.ts';
import { requirePlace } from '../rooms.ts';
import { partsOf, readRows, type Column } from './csv.ts';
import type { Base, Plan } from './index.ts';
import { Lines, type Report, type Values } from './report.ts';

const columns = {
  name: { headers: ['name', '名称', '会议室', '会议室名称'], most: 255, required: true },
  level: { headers: ['level', 'path', '层级', '层级路径', '路径'], most: 5000, required: true },
  capacity: { headers: ['capacity', '容量', '容纳人数'], most: 10 },
  description: { headers: ['description', '描述', '说明'], most: 5000, lines: true },
  devices: { headers: ['devices', 'equipment', '设备'], most: 5000 },
  custom_id: { headers: ['custom_id', '自定义id', '自定义_id'], most: 255 },
} satisfies Record<string, Column>;

interface Wish {
  line: number;
  name: string;
  levelId: string;
  /** As the file writes it. */
  path: string;
  capacity: number | undefined;
  description: string | undefined;
  devices: string[] | undefined;
  customId: string | undefined;
}

/** What an import of rooms would do. Levels must be there. */
export async function planRooms(ctx: Ctx, db: Queries, { tenantId, directory, version, hold }: Base, text: string, report: Report): Promise<Plan> {
  const tree = directory.copy();
  const wishes = wishesOf(text, tree, report);
  const present = await presentRooms(db, tenantId, tree, wishes, hold);
  const rooms: Room[] = [];
  const moved: number[] = [];
  const seen = new Lines();
  const changes: Omit<Change, 'tenantId' | 'at' | 'actor'>[] = [];
  let nextNo = await nextRoomNo(db, tenantId);

  for (const wish of wishes) {
    const { line, name, levelId, path, customId } = wish;
    const byCustomId = customId === undefined ? [] : (present.byCustomId.get(customId) ?? []);
    const [own, another] = byCustomId;
    if (another) {
      report.reject(line, 'custom_id', 'is that of several rooms');
      continue;
    }
    const before = own ?? present.byId.get(tree.roomNamed(levelId, name) ?? '');
    const same = before && seen.seen(before.room_id, line);
    if (same !== undefined) {
      report.reject(line, '', `is the same room as line ${String(same)}`);
      continue;
    }
    if (!before && wish.capacity === undefined) {
      report.reject(line, 'capacity', 'is required for a new room');
      continue;
    }
    const room: Room = {
      ...(before ?? newRoom(tenantId, nextNo, ctx.ids.room(), ctx.clock.now())),
      name,
      level_id: levelId,
      ...(wish.capacity === undefined ? {} : { capacity: wish.capacity }),
      ...(wish.description === undefined ? {} : { description: wish.description }),
      ...(wish.devices === undefined ? {} : { equipment: JSON.stringify(wish.devices) }),
      ...(customId === undefined ? {} : { custom_room_id: customId }),
    };
    if (!report.guard(line, { name: 'name', level: 'level' }, () => (requirePlace(tree, levelId, name, room.room_id), true))) continue;
    const label = `${path}/${name}`;
    const after = valuesOf(tree, room);
    if (!before) report.create(line, 'room', label, after);
    else if (!report.change(line, 'room', label, valuesOf(tree, before), after)) continue;
    if (!before) nextNo += 1;
    else room.version += 1;
    room.changed_in = version;
    rooms.push(room);
    tree.putRoom(room);
    if (before && before.level_id !== levelId) moved.push(room.room_no);
    const object = { kind: 'room', id: room.room_id };
    changes.push(before ? { action: 'room.change', object, ...differing(before, room) } : { action: 'room.create', object, after: columnsOf(room) });
  }
  return {
    changes,
    write: async (tx) => {
      await putRooms(tx, rooms);
      if (moved.length > 0) await refreshTerms(ctx, tx, await ctx.directories.after(tx, tenantId, version), tenantId, moved);
    },
  };
}

/** The rows, as far as each can be understood by itself. */
function wishesOf(text: string, tree: Directory, report: Report): Wish[] {
  const wishes: Wish[] = [];
  const places = new Lines();
  const customIds = new Lines();
  for (const { line, cells, bad } of readRows(text, columns, report)) {
    const faults = report.rejected.length;
    const { name, description, custom_id: customId } = cells;
    if (name === undefined && !bad.has('name')) report.reject(line, 'name', 'is required');
    const levelId = levelAt(tree, cells.level);
    if (levelId === undefined && !bad.has('level'))
      report.reject(line, 'level', cells.level === undefined ? 'is required' : `there is no level ${cells.level}: import the levels first`);
    if (cells.capacity !== undefined && !/^\d{1,7}$/.test(cells.capacity)) report.reject(line, 'capacity', 'must be a whole number');
    const capacity = cells.capacity === undefined ? undefined : Number(cells.capacity);
    if (capacity !== undefined && capacity > 1_000_000) report.reject(line, 'capacity', 'may be 1000000 at most');
    const devices = cells.devices
      ?.split(/[;；、|,，]/)
      .map((device) => device.trim())
      .filter(Boolean);
    if (devices && (devices.length > 100 || devices.some((device) => device.length > 255)))
      report.reject(line, 'devices', 'may be 100 names of 255 characters at most');
    const sameId = customId === undefined ? undefined : customIds.seen(customId, line);
    if (sameId !== undefined) report.reject(line, 'custom_id', `also stands on line ${String(sameId)}`);
    const samePlace = name === undefined || levelId === undefined ? undefined : places.seen(`${levelId} ${name}`, line);
    if (samePlace !== undefined) report.reject(line, 'name', `also stands on line ${String(samePlace)}, in the same level`);
    if (report.rejected.length > faults || bad.size > 0 || name === undefined || levelId === undefined) continue;
    wishes.push({ line, name, levelId, path: cells.level ?? '', capacity, description, devices, customId });
  }
  return wishes;
}

/** Id of the level at a path. */
function levelAt(tree: Directory, path: string | undefined): string | undefined {
  const parts = path === undefined ? undefined : partsOf(path);
  return parts?.reduce<string | undefined>((levelId, name) => (levelId === undefined ? undefined : tree.levelNamed(levelId, name)), tree.rootLevelId);
}

/** The rooms that a file may mean, held until the transaction ends where that is asked. */
async function presentRooms(db: Queries, tenantId: number, tree: Directory, wishes: readonly Wish[], hold: boolean) {
  const roomNos = new Set<number>();
  for (const { levelId, name } of wishes) {
    const room = tree.room(tree.roomNamed(levelId, name) ?? '');
    if (room) roomNos.add(room.room_no);
  }
  const customIds = wishes.map(({ customId }) => customId).filter((customId) => customId !== undefined);
  for (const some of chunks(customIds)) for (const roomNo of await roomNosByCustomId(db, tenantId, some)) roomNos.add(roomNo);
  const byId = new Map<string, Room>();
  const byCustomId = new Map<string, Room[]>();
  for (const some of chunks([...roomNos].sort((a, b) => a - b))) {
    for (const room of await (hold ? holdRooms : findRooms)(db, tenantId, some)) {
      byId.set(room.room_id, room);
      if (room.custom_room_id !== '') byCustomId.set(room.custom_room_id, [...(byCustomId.get(room.custom_room_id) ?? []), room]);
    }
  }
  return { byId, byCustomId };
}

function newRoom(tenant_id: number, room_no: number, room_id: string, created_at: number): Room {
  const inUse = { disabled_from: null, disabled_until: null, disabled_reason: '', disabled_contacts: '[]', disable_notice: 0, resume_notice: 0 };
  const nothing = { name: '', level_id: '', capacity: 0, description: '', custom_room_id: '', equipment: '[]', position: 0 };
  return { tenant_id, room_no, room_id, ...nothing, ...inUse, created_at, version: 1, changed_in: 0, deleted_at: null };
}

function columnsOf({ level_id, name, capacity, description, custom_room_id, equipment }: Room) {
  return { level_id, name, capacity, description, custom_room_id, equipment };
}

/** What differs, as it was and as it is. */
function differing(before: Room, after: Room) {
  const changed = Object.entries(columnsOf(after)).filter(([column, value]) => value !== before[column as keyof Room]);
  return { before: Object.fromEntries(changed.map(([column]) => [column, before[column as keyof Room]])), after: Object.fromEntries(changed) };
}

/** A room in the words of the file. */
function valuesOf(tree: Directory, room: Room): Values {
  return {
    name: room.name,
    level:
      room.level_id === ''
        ? ''
        : tree
            .path(room.level_id)
            .map((id) => tree.level(id)?.name ?? id)
            .join('/'),
    capacity: room.capacity,
    description: room.description,
    devices: JSON.parse(room.equipment) as string[],
    custom_id: room.custom_room_id,
  };
}
