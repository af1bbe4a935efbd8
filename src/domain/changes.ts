import type { Logger } from 'pino';
import { changesAfter, lastChanges, type ChangeRow } from '../store/changes.ts';
import type { Db } from '../store/open.ts';
import { drawnById, drawnOfEvent, type DrawnRow } from '../store/timeline.ts';
import type { Directories, Directory } from './directory.ts';
import { DomainError } from './errors.ts';

/*
 * Who listens hears of every change, whoever made it: the command line, a job, another process. All of them write history, and
 * while somebody listens, the history is looked at again and again.
 */

/** How long nobody looks after a look. Milliseconds. */
const PAUSE = 300;
/** Changes that somebody can be behind; who is farther behind reads everything anew. */
const MOST_BEHIND = 1000;
/** Rows of one look. */
const MOST_ROWS = 5 * MOST_BEHIND;
/** Changes that may have come before others with a lower id, where several write at a time. */
const LOOK_BACK = 50;
const MOST_AHEAD = 500;
/** Reservations of a series that are named one by one when all of it changes. */
const MOST_OF_EVENT = 100;
const MOST_PER_CALLER = 20;
const MOST_LISTENERS = 2000;

/** What somebody has heard of: all changes up to `low`, and of those behind it `ahead`. */
export interface Position {
  low: number;
  ahead: ReadonlySet<number>;
}

/** `1200`, or `1200~3.a` where 1203 and 1210 are known besides. */
export function formatPosition({ low, ahead }: Position): string {
  const steps = [...ahead].sort((a, b) => a - b).map((id) => (id - low).toString(36));
  return steps.length === 0 ? String(low) : `${String(low)}~${steps.join('.')}`;
}

/** Undefined: the text is no position. */
export function parsePosition(text: string): Position | undefined {
  const [, low = '', steps = ''] = /^(\d{1,15})(?:~([0-9a-z]{1,10}(?:\.[0-9a-z]{1,10})*))?$/.exec(text) ?? [];
  if (low === '') return undefined;
  return { low: Number(low), ahead: new Set(steps === '' ? [] : steps.split('.').map((step) => Number(low) + parseInt(step, 36))) };
}

/** The position of who has just read everything. */
export async function latestPosition(db: Db, tenantId: number): Promise<Position> {
  const { oldest, next, ids } = await lastChanges(db, tenantId, LOOK_BACK + 1);
  if (oldest === next) return { low: ids[0] ?? 0, ahead: new Set() };
  return { low: ids[LOOK_BACK] ?? 0, ahead: new Set(ids.slice(0, LOOK_BACK)) };
}

/** What has changed. `tree`: levels, rooms, settings, devices, or so much that all is to be read anew. `caller`: what a person or an app is, or may. */
export type News = { kind: 'reservation'; rows: readonly { id: number; row: DrawnRow | undefined }[] } | { kind: 'tree' } | { kind: 'caller'; id: string };

export interface Heard {
  /** In order; each with the position of who has heard it. */
  news: { news: News; position: string }[];
  /** Where the listener stands after it. */
  position: string;
  /** Too much has changed for all of it to be told. */
  gap: boolean;
  directory: Directory;
}

interface Listener {
  tenantId: number;
  caller: string;
  low: number;
  ahead: Set<number>;
  /** Whether it has been told anything yet: the first time it is told nothing, too. */
  isNew: boolean;
  hear: (heard: Heard) => void;
}

/** Where a tenant's changes are complete, by what could be seen. */
interface Ground {
  floor: number;
  /** All up to `id` will be there once every transaction below `next` is over. */
  waiting: { id: number; next: number }[];
}

/** Tells listeners of changes. One look of the process serves all of them. */
export class Changes {
  readonly #db: Db;
  readonly #directories: Directories;
  readonly #log: Logger;
  readonly #listeners = new Set<Listener>();
  readonly #grounds = new Map<number, Ground>();
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | undefined;
  #isAskedAgain = false;
  #isFailing = false;

  constructor({ db, directories, log }: { db: Db; directories: Directories; log: Logger }) {
    this.#db = db;
    this.#directories = directories;
    this.#log = log;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /**
   * Tells `hear` of all changes behind a position, at once of those that are there: of none, too, that once.
   *
   * @param caller who listens; nobody may do so too many times
   * @returns what ends it
   * @throws DomainError crowded
   */
  listen({ tenantId, caller, position }: { tenantId: number; caller: string; position: Position }, hear: Listener['hear']): () => void {
    const own = [...this.#listeners].filter((one) => one.tenantId === tenantId && one.caller === caller).length;
    if (own >= MOST_PER_CALLER || this.#listeners.size >= MOST_LISTENERS) throw new DomainError('crowded', 'too many connections listen to changes');
    const listener = { tenantId, caller, low: position.low, ahead: new Set(position.ahead), isNew: true, hear };
    this.#listeners.add(listener);
    this.#lookNow();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearTimeout(this.#timer);
      this.#grounds.clear();
    };
  }

  /** Resolves when nothing is looked at any more; to be called when nobody listens. */
  async idle(): Promise<void> {
    await this.#look;
  }

  #lookNow(): void {
    clearTimeout(this.#timer);
    if (this.#look) {
      this.#isAskedAgain = true;
      return;
    }
    this.#look = this.#tick().finally(() => {
      this.#look = undefined;
      if (this.#listeners.size === 0) return;
      const pause = this.#isAskedAgain ? 0 : PAUSE;
      this.#isAskedAgain = false;
      this.#timer = setTimeout(() => {
        this.#lookNow();
      }, pause).unref();
    });
  }

  async #tick(): Promise<void> {
    try {
      await this.#tell();
      this.#isFailing = false;
    } catch (error) {
      // The next look asks for the same again.
      if (!this.#isFailing) this.#log.error({ err: error }, 'changes cannot be looked at');
      this.#isFailing = true;
    }
  }

  async #tell(): Promise<void> {
    const tenants = new Map<number, Listener[]>();
    for (const listener of this.#listeners) {
      const others = tenants.get(listener.tenantId);
      if (others) others.push(listener);
      else tenants.set(listener.tenantId, [listener]);
    }
    const marks = [...tenants].map(([tenantId, listeners]) => ({ tenantId, afterId: Math.min(...listeners.map(({ low }) => low)) }));
    const { oldest, next, rows } = await changesAfter(this.#db, marks, MOST_ROWS);
    const isCut = rows.length === MOST_ROWS;
    const lastTenant = rows.at(-1)?.tenant_id;
    for (const [tenantId, listeners] of tenants) {
      const changed = rows.filter((row) => row.tenant_id === tenantId);
      // What a look does not reach, the next one does.
      if (isCut && tenantId >= (lastTenant ?? 0) && changed.length <= MOST_BEHIND) {
        this.#isAskedAgain = true;
        continue;
      }
      await this.#tellTenant(tenantId, listeners, changed, { oldest, next });
    }
  }

  async #tellTenant(tenantId: number, listeners: readonly Listener[], changed: readonly ChangeRow[], { oldest, next }: { oldest: number; next: number }) {
    const floor = this.#floorOf(tenantId, changed.at(-1)?.id ?? 0, oldest, next);
    const fresh = new Map<Listener, ChangeRow[]>();
    for (const listener of listeners) {
      const rows = changed.filter(({ id }) => id > listener.low && !listener.ahead.has(id));
      if (rows.length > 0 || listener.isNew) fresh.set(listener, rows);
    }
    if (fresh.size === 0) {
      for (const listener of listeners) settle(listener, floor);
      return;
    }
    const told = [...fresh.values()].filter((rows) => rows.length <= MOST_BEHIND).flat();
    const [news, directory] = await this.#newsOf(tenantId, [...new Set(told)]);
    let latest: Position | undefined;
    for (const [listener, rows] of fresh) {
      if (rows.length <= MOST_BEHIND) hear(listener, rows, { news, floor, directory });
      else {
        latest ??= await latestPosition(this.#db, tenantId);
        listener.low = latest.low;
        listener.ahead = new Set(latest.ahead);
        listener.isNew = false;
        listener.hear({ news: [], position: formatPosition(latest), gap: true, directory });
      }
    }
  }

  /** Up to which id nothing can come any more. */
  #floorOf(tenantId: number, last: number, oldest: number, next: number): number {
    let ground = this.#grounds.get(tenantId);
    if (!ground) this.#grounds.set(tenantId, (ground = { floor: 0, waiting: [] }));
    if (oldest === next) {
      ground.waiting = [];
      ground.floor = Math.max(ground.floor, last);
    }
    while (ground.waiting[0] && ground.waiting[0].next <= oldest) ground.floor = Math.max(ground.floor, ground.waiting.shift()?.id ?? 0);
    if (oldest !== next && last > (ground.waiting.at(-1)?.id ?? ground.floor)) ground.waiting.push({ id: last, next });
    return ground.floor;
  }

  /** What the rows tell, by their ids. */
  async #newsOf(tenantId: number, rows: readonly ChangeRow[]): Promise<[Map<number, News>, Directory]> {
    const ids = new Set(rows.filter(({ object_kind }) => object_kind === 'reservation').map(({ object_id }) => Number(object_id)));
    const drawn = ids.size === 0 ? [] : await drawnById(this.#db, tenantId, [...ids]);
    const byId = new Map(drawn.map((row) => [row.id, row]));
    const series = new Map<string, News>();
    const news = new Map<number, News>();
    let isTreeChanged = false;
    for (const { id, action, object_kind: kind, object_id: objectId, denied } of rows) {
      if (denied === 1) continue;
      if (kind === 'reservation') news.set(id, { kind: 'reservation', rows: [{ id: Number(objectId), row: byId.get(Number(objectId)) }] });
      else if (kind === 'event' && OF_EVENTS.has(action)) {
        const uid = objectId.split('_')[0] ?? '';
        const known = series.get(uid) ?? (await this.#newsOfEvent(tenantId, uid));
        series.set(uid, known);
        news.set(id, known);
      } else if (TREE.has(kind) || action === 'user.anonymise') {
        isTreeChanged = true;
        news.set(id, { kind: 'tree' });
      } else if (kind === 'user' || kind === 'app') news.set(id, { kind: 'caller', id: objectId });
    }
    let directory = await this.#directories.get(tenantId, 0);
    if (isTreeChanged || drawn.some(({ room_no }) => !directory.roomOfNumber(room_no))) directory = await this.#directories.read(tenantId);
    return [news, directory];
  }

  /** An event got another title, or others come to it: so do its reservations. */
  async #newsOfEvent(tenantId: number, uid: string): Promise<News> {
    const rows = await drawnOfEvent(this.#db, tenantId, uid, MOST_OF_EVENT + 1);
    return rows.length > MOST_OF_EVENT ? { kind: 'tree' } : { kind: 'reservation', rows: rows.map((row) => ({ id: row.id, row })) };
  }
}

/** Changes of an event that write no history of its reservations, and yet change them. */
const OF_EVENTS: ReadonlySet<string> = new Set(['event.change', 'event.invite', 'event.uninvite', 'event.reply']);
const TREE: ReadonlySet<string> = new Set(['level', 'room', 'device', 'department', 'tenant']);

function hear(
  listener: Listener,
  rows: readonly ChangeRow[],
  { news, floor, directory }: { news: ReadonlyMap<number, News>; floor: number; directory: Directory },
) {
  const heard: Heard['news'] = [];
  const lastTree = rows.findLast(({ id }) => news.get(id)?.kind === 'tree')?.id;
  for (const [i, { id }] of rows.entries()) {
    listener.ahead.add(id);
    settle(listener, Math.min(floor, (rows[i + 1]?.id ?? Infinity) - 1));
    const one = news.get(id);
    // To read everything anew once is enough.
    if (one && (one.kind !== 'tree' || id === lastTree)) heard.push({ news: one, position: formatPosition(listener) });
  }
  listener.isNew = false;
  listener.hear({ news: heard, position: formatPosition(listener), gap: false, directory });
}

/** Brings a listener's position into its shortest form: all up to `floor` has been told. */
function settle(listener: Listener, floor: number): void {
  const { ahead } = listener;
  // What is waited for too long never comes.
  const ids = ahead.size > MOST_AHEAD ? [...ahead].sort((a, b) => b - a) : [];
  const known = Math.max(listener.low, ...ahead);
  listener.low = Math.max(listener.low, Math.min(floor, known), ids[MOST_AHEAD / 2] ?? 0);
  for (const id of ahead) if (id <= listener.low) ahead.delete(id);
}
