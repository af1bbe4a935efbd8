import { readDirectory, type DirectoryRows, type LevelRow, type RoomRow } from '../store/directory.ts';
import type { Db, Queries } from '../store/open.ts';
import type { SettingsPart } from '../store/tables.ts';

export type { LevelRow, RoomRow };

/**
 * A tenant's levels, rooms and settings in the state that `version` names. Immutable: a change makes the next one.
 *
 * Deleted levels and rooms are in it, because the ledger still shows their past; what speaks of live ones says so.
 */
export class Directory {
  readonly version: number;
  readonly rootLevelId: string;
  readonly #timeZone: string;
  readonly #levels: Map<string, LevelRow>;
  readonly #rooms: Map<number, RoomRow>;
  readonly #roomNos: Map<string, number>;
  readonly #settings: Map<string, { value: string | null; changed_in: number }>;
  readonly #zones = new Map<string, string>();
  readonly #roomsUnder = new Map<string, readonly number[]>();
  readonly #liveRoomsUnder = new Map<string, readonly number[]>();
  #tree: Tree | undefined;

  /** @param before the directory that `rows` changed; undefined: they are all there is */
  constructor(rows: DirectoryRows, before?: Directory) {
    this.version = rows.version;
    this.rootLevelId = rows.rootLevelId;
    this.#timeZone = rows.timeZone;
    this.#levels = new Map(before === undefined ? [] : before.#levels);
    this.#rooms = new Map(before === undefined ? [] : before.#rooms);
    this.#roomNos = new Map(before === undefined ? [] : before.#roomNos);
    this.#settings = new Map(before === undefined ? [] : before.#settings);
    for (const level of rows.levels) this.#levels.set(level.level_id, level);
    for (const room of rows.rooms) {
      this.#rooms.set(room.room_no, room);
      this.#roomNos.set(room.room_id, room.room_no);
    }
    for (const setting of rows.settings) this.#settings.set(settingKey(setting.scope_id, setting.part), setting);
  }

  get roomCount(): number {
    return this.#rooms.size;
  }

  get highestRoomNo(): number {
    return this.#indexes.highestRoomNo;
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
    return this.#indexes.children.get(levelId) ?? [];
  }

  /** Live rooms that stand directly in a level, in order. */
  roomsIn(levelId: string): readonly RoomRow[] {
    return this.#indexes.rooms.get(levelId) ?? [];
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
      open.push(...[...this.children(level.level_id)].reverse());
    }
    return levels;
  }

  /** Levels that the live part of a subtree is deep: 1 for one without children. */
  height(levelId: string): number {
    return 1 + Math.max(0, ...this.children(levelId).map((child) => this.height(child.level_id)));
  }

  /** Numbers of all rooms in the subtree of a level, deleted ones too: those whose reservations the ledger shows. */
  roomsUnder(levelId: string): readonly number[] {
    let known = this.#roomsUnder.get(levelId);
    if (!known) this.#roomsUnder.set(levelId, (known = this.#indexes.collect(levelId)));
    return known;
  }

  /** Numbers of the live rooms in the subtree of a level, ascending. */
  liveRoomsUnder(levelId: string): readonly number[] {
    let known = this.#liveRoomsUnder.get(levelId);
    if (!known) {
      known = this.roomsUnder(levelId)
        .filter((roomNo) => this.#rooms.get(roomNo)?.deleted_at === null)
        .sort((a, b) => a - b);
      this.#liveRoomsUnder.set(levelId, known);
    }
    return known;
  }

  /** IANA zone of the nearest level, from this one up, that names one; else the tenant's. */
  zoneOf(levelId: string): string {
    let zone = this.#zones.get(levelId);
    if (zone === undefined) {
      const level = this.#levels.get(levelId);
      zone = level?.time_zone ?? (level?.parent_id ? this.zoneOf(level.parent_id) : this.#timeZone);
      this.#zones.set(levelId, zone);
    }
    return zone;
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

  get #indexes(): Tree {
    return (this.#tree ??= new Tree(this.#levels.values(), this.#rooms.values()));
  }
}

/** Who stands below whom. Made when it is first asked for. */
class Tree {
  readonly children = new Map<string, LevelRow[]>();
  readonly rooms = new Map<string, RoomRow[]>();
  readonly highestRoomNo: number;
  readonly #allChildren = new Map<string, string[]>();
  readonly #allRooms = new Map<string, number[]>();

  constructor(levels: Iterable<LevelRow>, rooms: Iterable<RoomRow>) {
    for (const level of levels) {
      if (level.parent_id === null) continue;
      push(this.#allChildren, level.parent_id, level.level_id);
      if (level.deleted_at === null) push(this.children, level.parent_id, level);
    }
    let highest = 0;
    for (const room of rooms) {
      highest = Math.max(highest, room.room_no);
      push(this.#allRooms, room.level_id, room.room_no);
      if (room.deleted_at === null) push(this.rooms, room.level_id, room);
    }
    this.highestRoomNo = highest;
    for (const siblings of this.children.values()) siblings.sort(compareSiblings);
    for (const siblings of this.rooms.values()) siblings.sort(compareSiblings);
  }

  collect(levelId: string): number[] {
    const rooms: number[] = [];
    const open = [levelId];
    for (let level = open.pop(); level !== undefined; level = open.pop()) {
      for (const room of this.#allRooms.get(level) ?? []) rooms.push(room);
      for (const child of this.#allChildren.get(level) ?? []) open.push(child);
    }
    return rooms;
  }
}

/**
 * Keeps the directories of the tenants read last. A kept one is used only while the tenant's directory version, which
 * every request reads anyway, is still its own: it cannot go stale. What changed since is read, and nothing else.
 */
export class Directories {
  readonly #db: Db;
  readonly #kept = new Map<number, Directory>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** The directory at a version, or at a later one when that is gone. */
  async get(tenantId: number, version: number): Promise<Directory> {
    const kept = this.#kept.get(tenantId);
    return kept?.version === version ? kept : this.read(tenantId);
  }

  /** The directory as it stands. */
  async read(tenantId: number): Promise<Directory> {
    const kept = this.#kept.get(tenantId);
    const directory = new Directory(await readDirectory(this.#db.kysely, tenantId, kept?.version), kept);
    this.#keep(tenantId, directory);
    return directory;
  }

  /** The directory at a version, as a transaction sees it that changes it: nobody else does meanwhile. */
  async seenBy(tx: Queries, tenantId: number, version: number): Promise<Directory> {
    const kept = this.#kept.get(tenantId);
    // Not kept: what a transaction sees may never come to be.
    return kept?.version === version ? kept : new Directory(await readDirectory(tx, tenantId, kept?.version), kept);
  }

  #keep(tenantId: number, directory: Directory): void {
    // Reads overlap: an older one does not replace what a newer one found.
    if ((this.#kept.get(tenantId)?.version ?? 0) > directory.version) return;
    this.#kept.delete(tenantId);
    this.#kept.set(tenantId, directory);
    let rooms = 0;
    for (const kept of this.#kept.values()) rooms += kept.roomCount;
    for (const [id, kept] of this.#kept) {
      if (rooms <= ROOMS_KEPT || this.#kept.size === 1) return;
      this.#kept.delete(id);
      rooms -= kept.roomCount;
    }
  }
}

/** About 300 bytes each. */
const ROOMS_KEPT = 200_000;

function settingKey(scopeId: string, part: SettingsPart): string {
  return `${part} ${scopeId}`;
}

/** The order of levels in a level, and of rooms in one: by position, then by name, which no two have. */
export function compareSiblings(a: { position: number; name: string }, b: { position: number; name: string }): number {
  return a.position - b.position || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
