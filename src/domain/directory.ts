import { readDirectory, type DirectoryRows, type LevelRow, type RoomRow, type SettingRow } from '../store/directory.ts';
import type { Db, Queries } from '../store/open.ts';
import type { SettingsPart } from '../store/tables.ts';
import { DepartmentTree } from './department-tree.ts';
import { compareSiblings } from './sorted.ts';

export type { LevelRow, RoomRow };

/**
 * A tenant's levels, rooms, settings and departments. It is kept up to date by what changes, so that a change costs no more than itself.
 *
 * Deleted levels and rooms are in it, because the ledger still shows their past; what speaks of live ones says so.
 */
export class Directory {
  readonly rootLevelId: string;
  readonly departments = new DepartmentTree();
  #version = 0;
  #timeZone = '';
  readonly #levels = new Map<string, LevelRow>();
  readonly #rooms = new Map<number, RoomRow>();
  readonly #roomNos = new Map<string, number>();
  readonly #settings = new Map<string, SettingRow>();
  #highestRoomNo = 0;
  // Who stands directly below whom, deleted ones too.
  readonly #levelsIn = new Map<string, string[]>();
  readonly #roomsIn = new Map<string, number[]>();
  // The same by name, live ones only; of a place that was asked for a name.
  readonly #levelNames = new Map<string, Map<string, string>>();
  readonly #roomNames = new Map<string, Map<string, string>>();
  // Worked out when asked for, and dropped when what they were worked out from changes.
  readonly #children = new Map<string, readonly LevelRow[]>();
  readonly #rows = new Map<string, readonly RoomRow[]>();
  readonly #zones = new Map<string, string>();
  readonly #roomsUnder = new Map<string, readonly number[]>();
  readonly #liveRoomsUnder = new Map<string, readonly number[]>();

  constructor(rows: DirectoryRows) {
    this.rootLevelId = rows.rootLevelId;
    this.apply(rows);
  }

  /** The directory version that it shows; every change of a level, room, setting or department makes the next one. */
  get version(): number {
    return this.#version;
  }

  get roomCount(): number {
    return this.#rooms.size;
  }

  get highestRoomNo(): number {
    return this.#highestRoomNo;
  }

  /** Takes in what changed. */
  apply({ version, timeZone, levels, rooms, settings, departments }: DirectoryRows): void {
    this.#version = version;
    this.#timeZone = timeZone;
    for (const level of levels) this.putLevel(level);
    for (const room of rooms) this.putRoom(room);
    for (const setting of settings) this.#settings.set(settingKey(setting.scope_id, setting.part), setting);
    for (const department of departments) this.departments.put(department);
  }

  /** Another one with some changes, for a transaction that looks at what it is about to make. */
  with(rows: DirectoryRows): Directory {
    const copy = this.copy();
    copy.apply(rows);
    return copy;
  }

  /** Another one, to try changes on. */
  copy(): Directory {
    return new Directory({
      version: this.#version,
      timeZone: this.#timeZone,
      rootLevelId: this.rootLevelId,
      levels: [...this.#levels.values()],
      rooms: [...this.#rooms.values()],
      settings: [...this.#settings.values()],
      departments: this.departments.all(),
    });
  }

  /** Takes in a level as it is now. */
  putLevel(level: LevelRow): void {
    const before = this.#levels.get(level.level_id);
    this.#levels.set(level.level_id, level);
    if (before) forget(this.#levelNames.get(before.parent_id ?? ''), before.name, level.level_id);
    if (level.deleted_at === null) this.#levelNames.get(level.parent_id ?? '')?.set(level.name, level.level_id);
    this.#zones.clear();
    for (const parent of new Set([before?.parent_id, level.parent_id])) this.#children.delete(parent ?? '');
    if (before?.parent_id === level.parent_id) return;
    if (before) remove(this.#levelsIn, before.parent_id ?? '', level.level_id);
    if (level.parent_id !== null) push(this.#levelsIn, level.parent_id, level.level_id);
    // A new level has nothing below it yet; one that moves takes its rooms along.
    if (before) {
      this.#roomsUnder.clear();
      this.#liveRoomsUnder.clear();
    }
  }

  /** Takes in a room as it is now. */
  putRoom(room: RoomRow): void {
    const before = this.#rooms.get(room.room_no);
    this.#rooms.set(room.room_no, room);
    this.#roomNos.set(room.room_id, room.room_no);
    if (before) forget(this.#roomNames.get(before.level_id), before.name, room.room_id);
    if (room.deleted_at === null) this.#roomNames.get(room.level_id)?.set(room.name, room.room_id);
    this.#highestRoomNo = Math.max(this.#highestRoomNo, room.room_no);
    for (const levelId of new Set([before?.level_id, room.level_id])) this.#rows.delete(levelId ?? '');
    const moved = before?.level_id !== room.level_id;
    if (moved) {
      if (before) remove(this.#roomsIn, before.level_id, room.room_no);
      push(this.#roomsIn, room.level_id, room.room_no);
    }
    if (!moved && before.deleted_at === room.deleted_at) return;
    for (const levelId of [before?.level_id, room.level_id]) {
      for (const above of levelId === undefined ? [] : [this.rootLevelId, ...this.path(levelId)]) {
        this.#roomsUnder.delete(above);
        this.#liveRoomsUnder.delete(above);
      }
    }
  }

  /** The live level of that id. */
  level(levelId: string): LevelRow | undefined {
    const level = this.#levels.get(levelId);
    return level?.deleted_at === null ? level : undefined;
  }

  /** The live room of that id. */
  room(roomId: string): RoomRow | undefined {
    const room = this.roomEver(roomId);
    return room?.deleted_at === null ? room : undefined;
  }

  /** The room of that id, deleted or not. */
  roomEver(roomId: string): RoomRow | undefined {
    return this.#rooms.get(this.#roomNos.get(roomId) ?? 0);
  }

  /** The room of that number, deleted or not. */
  roomOfNumber(roomNo: number): RoomRow | undefined {
    return this.#rooms.get(roomNo);
  }

  /** Ids of the levels from below the tenant's own down to this one, itself included. */
  path(levelId: string): string[] {
    const path: string[] = [];
    for (let id: string | null = levelId; id !== null && id !== this.rootLevelId; id = this.#levels.get(id)?.parent_id ?? null) path.unshift(id);
    return path;
  }

  /** Live levels directly below one, in order. */
  children(levelId: string): readonly LevelRow[] {
    return kept(this.#children, levelId, () => {
      const levels = (this.#levelsIn.get(levelId) ?? []).map((id) => this.level(id)).filter((level) => level !== undefined);
      return levels.sort(compareSiblings);
    });
  }

  /** Live rooms that stand directly in a level, in order. */
  roomsIn(levelId: string): readonly RoomRow[] {
    return kept(this.#rows, levelId, () => {
      const rooms = (this.#roomsIn.get(levelId) ?? []).map((roomNo) => this.#rooms.get(roomNo)).filter((room) => room?.deleted_at === null);
      return (rooms as RoomRow[]).sort(compareSiblings);
    });
  }

  /** Id of the live level of that name directly below another. */
  levelNamed(parentId: string, name: string): string | undefined {
    return kept(this.#levelNames, parentId, () => new Map(this.children(parentId).map((level) => [level.name, level.level_id]))).get(name);
  }

  /** Id of the live room of that name in a level. */
  roomNamed(levelId: string, name: string): string | undefined {
    return kept(this.#roomNames, levelId, () => new Map(this.roomsIn(levelId).map((room) => [room.name, room.room_id]))).get(name);
  }

  /** Live levels with one of the tenant's own ids. */
  levelsByCustomId(customIds: ReadonlySet<string>): LevelRow[] {
    return [...this.#levels.values()].filter(
      ({ custom_group_id, deleted_at }) => deleted_at === null && custom_group_id !== '' && customIds.has(custom_group_id),
    );
  }

  /** A level and the live ones below it, each before those below it. */
  subtree(levelId: string): LevelRow[] {
    const levels: LevelRow[] = [];
    const open = [this.level(levelId)];
    for (let level = open.pop(); level; level = open.pop()) {
      levels.push(level);
      for (const child of [...this.children(level.level_id)].reverse()) open.push(child);
    }
    return levels;
  }

  /** Levels that the live part of a subtree is deep: 1 for one without children. */
  height(levelId: string): number {
    return this.children(levelId).reduce((height, child) => Math.max(height, 1 + this.height(child.level_id)), 1);
  }

  /** Numbers of all rooms in the subtree of a level, deleted ones too: those whose reservations the ledger shows. */
  roomsUnder(levelId: string): readonly number[] {
    return kept(this.#roomsUnder, levelId, () => {
      const rooms: number[] = [];
      const open = [levelId];
      for (let level = open.pop(); level !== undefined; level = open.pop()) {
        for (const room of this.#roomsIn.get(level) ?? []) rooms.push(room);
        for (const child of this.#levelsIn.get(level) ?? []) open.push(child);
      }
      return rooms;
    });
  }

  /** Numbers of the live rooms in the subtree of a level, ascending. */
  liveRoomsUnder(levelId: string): readonly number[] {
    return kept(this.#liveRoomsUnder, levelId, () =>
      this.roomsUnder(levelId)
        .filter((roomNo) => this.#rooms.get(roomNo)?.deleted_at === null)
        .sort((a, b) => a - b),
    );
  }

  /** IANA zone of the nearest level, from this one up, that names one; else the tenant's. */
  zoneOf(levelId: string): string {
    return kept(this.#zones, levelId, () => {
      const level = this.#levels.get(levelId);
      return level?.time_zone ?? (level?.parent_id ? this.zoneOf(level.parent_id) : this.#timeZone);
    });
  }

  /** What a level or room says of a part itself: JSON, or null. */
  ownSetting(scopeId: string, part: SettingsPart): string | null {
    return this.#settings.get(settingKey(scopeId, part))?.value ?? null;
  }

  /** Directory version that last changed what a level or room says of a part; 0: none ever did. */
  settingChangedIn(scopeId: string, part: SettingsPart): number {
    return this.#settings.get(settingKey(scopeId, part))?.changed_in ?? 0;
  }

  /** What holds for a level or room: its own word, else that of the nearest level above that has one. Null: nobody's. */
  nearestSetting(scopeId: string, part: SettingsPart): { value: string; scopeId: string } | null {
    const room = this.roomEver(scopeId);
    const own = room ? this.ownSetting(scopeId, part) : null;
    if (own !== null) return { value: own, scopeId };
    for (let id: string | null = room?.level_id ?? scopeId; id !== null; id = this.#levels.get(id)?.parent_id ?? null) {
      const value = this.ownSetting(id, part);
      if (value !== null) return { value, scopeId: id };
    }
    return null;
  }
}

/**
 * Keeps the directories of the tenants read last. A kept one is used only while the tenant's directory version, which
 * every request reads anyway, is not newer: it cannot go stale. What changed since is read, and nothing else.
 */
export class Directories {
  readonly #db: Db;
  readonly #kept = new Map<number, Directory>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** The directory at a version, or at a later one. */
  async get(tenantId: number, version: number): Promise<Directory> {
    const present = this.#kept.get(tenantId);
    return present && present.version >= version ? present : this.read(tenantId);
  }

  /** The directory as it stands. */
  async read(tenantId: number): Promise<Directory> {
    const rows = await readDirectory(this.#db.kysely, tenantId, this.#kept.get(tenantId)?.version);
    return this.#keep(tenantId, rows);
  }

  /**
   * The directory as it stood before the change that a transaction has begun and that will make `version`. Nobody else changes it
   * meanwhile, so that it can be kept whatever becomes of the transaction.
   */
  async before(tx: Queries, tenantId: number, version: number): Promise<Directory> {
    const present = this.#kept.get(tenantId);
    if (present?.version === version - 1) return present;
    const rows = await readDirectory(tx, tenantId, present?.version);
    return this.#keep(tenantId, { ...rows, version: version - 1 });
  }

  /** The directory as a transaction has changed it. It is not kept: it may never come to be. */
  async after(tx: Queries, tenantId: number, version: number): Promise<Directory> {
    const before = await this.before(tx, tenantId, version);
    return before.with(await readDirectory(tx, tenantId, version - 1));
  }

  #keep(tenantId: number, rows: DirectoryRows): Directory {
    let directory = this.#kept.get(tenantId);
    // Reads overlap: an older one has nothing to say that a newer one did not.
    if (!directory) directory = new Directory(rows);
    else if (rows.version > directory.version) directory.apply(rows);
    this.#kept.delete(tenantId);
    this.#kept.set(tenantId, directory);
    let rooms = 0;
    for (const present of this.#kept.values()) rooms += present.roomCount;
    for (const [id, present] of this.#kept) {
      if (rooms <= ROOMS_KEPT || this.#kept.size === 1) break;
      this.#kept.delete(id);
      rooms -= present.roomCount;
    }
    return directory;
  }
}

/** About 300 bytes each. */
const ROOMS_KEPT = 200_000;

function settingKey(scopeId: string, part: SettingsPart): string {
  return `${part} ${scopeId}`;
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function remove<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  const place = list?.indexOf(value) ?? -1;
  if (place >= 0) list?.splice(place, 1);
}

/** Takes a name away from its holder; where two change names, the first has the second's by now. */
function forget(names: Map<string, string> | undefined, name: string, holder: string): void {
  if (names?.get(name) === holder) names.delete(name);
}

function kept<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
