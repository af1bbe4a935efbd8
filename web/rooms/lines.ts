import { busyOf, gapAround } from './gaps.ts';
import { bookingsOf, type Level, type Picture, type Room } from './picture.ts';

/** A row of the screen: a level, or a room below it. */
export type Line =
  { kind: 'level'; id: string; depth: number; level: Level; rooms: readonly Room[]; open: boolean } | { kind: 'room'; id: string; depth: number; room: Room };

export interface Filters {
  /** At least for so many. */
  people: number;
  /** All of these. */
  equipment: readonly string[];
  /** Part of a name. */
  text: string;
  freeNow: boolean;
}

/** Whether anything is left out. */
export function isFiltering({ people, equipment, text, freeNow }: Filters): boolean {
  return people > 0 || equipment.length > 0 || text !== '' || freeNow;
}

export function isFree(picture: Picture, room: Room, now: number): boolean {
  return gapAround(busyOf(room, bookingsOf(picture, room.id)), now, { start: now, end: Infinity }) !== null;
}

/** The rooms that a person wants to see. */
export function chosen(picture: Picture, { people, equipment, text, freeNow }: Filters, now: number): Set<string> {
  const wanted = text.trim().toLocaleLowerCase();
  const paths = new Map<string, string>();
  if (wanted !== '') {
    const byId = new Map(picture.levels.map((level) => [level.id, level]));
    for (const level of picture.levels) {
      // Parents come first.
      const above = level.parent_id === null ? '' : (paths.get(level.parent_id) ?? '');
      paths.set(level.id, `${above} ${byId.get(level.id)?.name ?? ''}`);
    }
  }
  const fits = (room: Room) =>
    room.capacity >= people &&
    equipment.every((one) => room.equipment.includes(one)) &&
    (wanted === '' || `${paths.get(room.level_id) ?? ''} ${room.name} ${room.display_id}`.toLocaleLowerCase().includes(wanted)) &&
    (!freeNow || isFree(picture, room, now));
  return new Set(picture.rooms.filter(fits).map(({ id }) => id));
}

/** The rows in order. A level without any of the chosen rooms is left out; what is below a closed one too. */
export function linesOf(picture: Picture, shown: ReadonlySet<string>, closed: ReadonlySet<string>): Line[] {
  const direct = new Map<string, Room[]>();
  for (const room of picture.rooms) {
    if (!shown.has(room.id)) continue;
    const list = direct.get(room.level_id);
    if (list) list.push(room);
    else direct.set(room.level_id, [room]);
  }
  const lines: Line[] = [];
  const { levels } = picture;
  // The level asked for heads the screen already: its own row only stands where it has rooms itself.
  const lift = direct.has(levels[0]?.id ?? '') ? 0 : 1;
  let hiddenBelow = Infinity;
  levels.forEach((level, index) => {
    const rooms = [...(direct.get(level.id) ?? [])];
    for (let next = index + 1; (levels[next]?.depth ?? -1) > level.depth; next++) rooms.push(...(direct.get(levels[next]?.id ?? '') ?? []));
    if (level.depth <= hiddenBelow) hiddenBelow = Infinity;
    if (rooms.length === 0 || hiddenBelow !== Infinity) return;
    const depth = level.depth - lift;
    const open = !closed.has(level.id);
    if (depth >= 0) lines.push({ kind: 'level', id: level.id, depth, level, rooms, open });
    if (!open && depth >= 0) hiddenBelow = level.depth;
    else for (const room of direct.get(level.id) ?? []) lines.push({ kind: 'room', id: room.id, depth: depth + 1, room });
  });
  return lines;
}
