import { readDirectory, type DirectoryRows } from '../store/directory.ts';
import type { Db } from '../store/open.ts';

/** What the ledger prints of a room. */
export interface DirectoryRoom {
  roomNo: number;
  roomId: string;
  name: string;
  /** IANA zone of the nearest level that names one, else the tenant's. */
  timeZone: string;
  levelId: string;
}

/** A tenant's levels and rooms, deleted ones included, in the state that `version` names. Immutable. */
export class Directory {
  readonly version: number;
  readonly rootLevelId: string;
  readonly highestRoomNo: number;
  readonly byNumber = new Map<number, DirectoryRoom>();
  readonly byId = new Map<string, DirectoryRoom>();
  readonly #children = new Map<string, string[]>();
  readonly #roomsOf = new Map<string, number[]>();
  readonly #roomsUnder = new Map<string, readonly number[]>();
  readonly #liveLevels = new Set<string>();

  constructor(rows: DirectoryRows) {
    this.version = rows.version;
    this.rootLevelId = rows.rootLevelId;
    const levels = new Map(rows.levels.map((level) => [level.level_id, level]));
    for (const { level_id, parent_id, deleted_at } of rows.levels) {
      if (parent_id !== null) push(this.#children, parent_id, level_id);
      if (deleted_at === null) this.#liveLevels.add(level_id);
    }
    const zones = new Map<string | null, string>([[null, rows.timeZone]]);
    const zoneOf = (levelId: string | null): string => {
      let zone = zones.get(levelId);
      if (zone === undefined) {
        const level = levels.get(levelId ?? '');
        zone = level?.time_zone ?? zoneOf(level?.parent_id ?? null);
        zones.set(levelId, zone);
      }
      return zone;
    };
    for (const { room_no, room_id, name, level_id } of rows.rooms) {
      const room = { roomNo: room_no, roomId: room_id, name, timeZone: zoneOf(level_id), levelId: level_id };
      this.byNumber.set(room_no, room);
      this.byId.set(room_id, room);
      push(this.#roomsOf, level_id, room_no);
    }
    this.highestRoomNo = rows.rooms.reduce((highest, { room_no }) => Math.max(highest, room_no), 0);
  }

  /** Whether there is such a level (a deleted one is none). */
  hasLevel(levelId: string): boolean {
    return this.#liveLevels.has(levelId);
  }

  /** Numbers of all rooms in the subtree of a level. */
  roomsUnder(levelId: string): readonly number[] {
    const known = this.#roomsUnder.get(levelId);
    if (known) return known;
    const rooms: number[] = [];
    const open = [levelId];
    for (let level = open.pop(); level !== undefined; level = open.pop()) {
      for (const room of this.#roomsOf.get(level) ?? []) rooms.push(room);
      for (const child of this.#children.get(level) ?? []) open.push(child);
    }
    this.#roomsUnder.set(levelId, rooms);
    return rooms;
  }
}

/**
 * Keeps the directories of the tenants read last. A kept one is used only while the tenant's directory version, which
 * every request reads anyway, is still its own: it cannot go stale.
 */
export class Directories {
  readonly #db: Db;
  readonly #kept = new Map<number, Directory>();

  constructor(db: Db) {
    this.#db = db;
  }

  async get(tenantId: number, version: number): Promise<Directory> {
    const kept = this.#kept.get(tenantId);
    return kept?.version === version ? kept : this.read(tenantId);
  }

  /** Reads the directory anew: for a row whose room came into being after the request began. */
  async read(tenantId: number): Promise<Directory> {
    const directory = new Directory(await readDirectory(this.#db.kysely, tenantId));
    this.#kept.delete(tenantId);
    this.#kept.set(tenantId, directory);
    this.#trim();
    return directory;
  }

  #trim(): void {
    let rooms = 0;
    for (const directory of this.#kept.values()) rooms += directory.byNumber.size;
    for (const [tenantId, directory] of this.#kept) {
      if (rooms <= ROOMS_KEPT || this.#kept.size === 1) return;
      this.#kept.delete(tenantId);
      rooms -= directory.byNumber.size;
    }
  }
}

/** About 300 bytes each. */
const ROOMS_KEPT = 200_000;

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
