import type { Ctx } from '../context.ts';
import { findRooms } from '../store/rooms.ts';
import type { Room } from '../store/tables.ts';
import type { Directory, LevelRow, RoomRow } from './directory.ts';
import { DomainError } from './errors.ts';
import { requireLevel } from './levels.ts';

/** A line of the tree, in the order in which it is drawn: a level, its rooms, then the levels below it. */
type Line = { level: LevelRow; depth: number; /** Index behind its subtree. */ end: number; roomCount: number } | { room: RoomRow; depth: number; end: number };

export type TreeLine = { kind: 'level'; level: LevelRow; depth: number; roomCount: number; hasChildren: boolean } | { kind: 'room'; room: Room; depth: number };

/** The whole tree in drawing order, made once for a version of a directory. */
class Drawing {
  readonly version: number;
  readonly lines: Line[] = [];
  readonly places = new Map<string, number>();

  constructor(directory: Directory) {
    this.version = directory.version;
    this.#draw(directory, requireLevel(directory, directory.rootLevelId), 0);
  }

  #draw(directory: Directory, level: LevelRow, depth: number): number {
    const line = { level, depth, end: 0, roomCount: 0 };
    this.places.set(level.level_id, this.lines.length);
    this.lines.push(line);
    const rooms = directory.roomsIn(level.level_id);
    for (const room of rooms) this.lines.push({ room, depth: depth + 1, end: this.lines.length + 1 });
    line.roomCount = rooms.length;
    for (const child of directory.children(level.level_id)) line.roomCount += this.#draw(directory, child, depth + 1);
    line.end = this.lines.length;
    return line.roomCount;
  }
}

const drawings = new WeakMap<Directory, Drawing>();

export interface TreePage {
  lines: TreeLine[];
  /** Where the next page begins, when there is one. */
  next?: string;
}

/**
 * A page of the tree below a level, as deep as asked for.
 *
 * @param after what the page before gave as `next`
 * @throws DomainError notFound; conflict when the tree changed since that page
 */
export async function treePage(
  ctx: Ctx,
  directory: Directory,
  {
    tenantId,
    levelId,
    depth,
    rooms,
    after,
    limit,
  }: { tenantId: number; levelId: string; depth: number; rooms: boolean; after: string | undefined; limit: number },
): Promise<TreePage> {
  requireLevel(directory, levelId);
  let drawing = drawings.get(directory);
  if (drawing?.version !== directory.version) drawings.set(directory, (drawing = new Drawing(directory)));
  const start = drawing.places.get(levelId) ?? 0;
  const top = drawing.lines[start];
  if (!top) throw new Error(`level ${levelId} is not drawn`);

  const page: Line[] = [];
  let index = after === undefined ? start : placeIn(after, directory);
  for (let line = drawing.lines[index]; line && index < top.end && page.length < limit; line = drawing.lines[index]) {
    const below = line.depth - top.depth;
    if ('level' in line || rooms) page.push(line);
    // What lies deeper than asked for is passed over in one step; so are the rooms, when none are wanted.
    index = 'level' in line && below >= depth ? line.end : index + 1;
  }
  if (!rooms) for (let line = drawing.lines[index]; line && 'room' in line && index < top.end; line = drawing.lines[index]) index++;

  const roomNos = page.flatMap((line) => ('room' in line ? [line.room.room_no] : []));
  const details = new Map((await findRooms(ctx.db.kysely, tenantId, roomNos)).map((room) => [room.room_no, room]));
  const lines = page.flatMap((line): TreeLine[] => {
    const shown = line.depth - top.depth;
    if ('level' in line)
      return [
        {
          kind: 'level',
          level: line.level,
          depth: shown,
          roomCount: line.roomCount,
          hasChildren: line.end - (drawing.places.get(line.level.level_id) ?? 0) > 1,
        },
      ];
    const room = details.get(line.room.room_no);
    return room ? [{ kind: 'room', room, depth: shown }] : [];
  });
  return index < top.end ? { lines, next: `${String(directory.version)} ${String(index)}` } : { lines };
}

function placeIn(after: string, directory: Directory): number {
  const [version, index] = after.split(' ').map(Number);
  if (version !== directory.version) throw new DomainError('conflict', 'the tree changed since the page before: begin again', 'cursor');
  return index ?? 0;
}
