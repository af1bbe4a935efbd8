import { sql, type Kysely, type RawBuilder } from 'kysely';

/** Every difference between the engines, each with its reason. What they share is written once, elsewhere. */
export interface Dialect {
  readonly engine: 'sqlite' | 'postgres';
  /** Column definition of an id that the database gives. */
  readonly rowId: string;
  /** The value to insert for such an id. */
  newRowId(table: NumberedTable, tenantId: number): RawBuilder<number>;
  /** The same for bulk loads, where rows carry their ids or leave them to the database. */
  readonly loadsCarryIds: boolean;
  readonly reservationIndexes: readonly string[];
  /** The statements that make the database refuse two active reservations of one room at one time. */
  readonly noOverlap: readonly string[];
  /** Whether `error` is the database refusing such an overlap. */
  isOverlap(error: unknown): boolean;
  /** Whether rows are locked one by one; else whoever writes has locked them all. */
  readonly locksRows: boolean;
  /** A list of numbers as one value. */
  readonly list: (numbers: readonly number[]) => Value;
  /** The numbers of such a value, as a table `room` of one column `value`. @param place that of the value in the statement */
  readonly listedAt: (place: string) => string;
  /** Two such values as a table `mark` of columns `tenant_id` and `after_id`. */
  readonly marked: (tenants: string, ids: string) => string;
  /** A table of one row that says which transactions the statement sees: all below `oldest` are over, none from `next` on has begun. */
  readonly sight: string;
  /** Condition: a column has one of any number of values. */
  readonly among: (column: string, numbers: readonly number[]) => RawBuilder<boolean>;
  /** Condition on `room_no`: its byte in the map that parameter ?7 holds is 1. */
  readonly inRoomMap: string;
  /** Query for the ids of the first ?6 rows of the rooms in the list ?7, where `window` is the condition on the rows. */
  readonly firstOfRooms: (window: string) => string;
  /** What one seek in the index by room costs, in rows passed over in the index by start. */
  readonly rowsPerSeek: number;
  /** What a table needs after a bulk load, outside of its transaction. */
  readonly afterLoad: (table: string) => RawBuilder<unknown> | null;
  /** What it takes, outside of a transaction, for what was deleted or written over to be gone from the disk too. */
  readonly afterErasure: RawBuilder<unknown> | null;
}

/** What a statement can be given. */
export type Value = string | number | null | readonly number[] | Uint8Array;
type NumberedTable = 'reservations' | 'history' | 'events';

/** The rows that hold a room. The partial indexes, the guard and the code all mean this. */
export const ACTIVE = 'accepted_at IS NOT NULL AND cancelled_at IS NULL AND released_at IS NULL';
/** The rows that the ledger may show. */
export const LISTED = 'rejected_at IS NULL AND cancelled_at IS NULL';

/** The others. */
export const UNLISTED = '(rejected_at IS NOT NULL OR cancelled_at IS NOT NULL)';

/** They hold all that decides whether a row is on a page, so that rows which are not are passed over in the index alone. */
const sharedIndexes = [
  `CREATE INDEX reservations_by_start ON reservations (tenant_id, start_at, id, room_no, accepted_at) WHERE ${LISTED}`,
  `CREATE INDEX reservations_by_room ON reservations (tenant_id, room_no, start_at, id, accepted_at) WHERE ${LISTED}`,
];

const OVERLAP_MESSAGE = 'reservation overlaps another';

/**
 * Active reservations of a room do not overlap, so in order of start they are in order of end too: the last that starts
 * before the new one ends is the only one that can overlap it, and one seek finds it.
 */
const overlapTrigger = (event: 'INSERT' | 'UPDATE') => `CREATE TRIGGER reservations_no_overlap_${event.toLowerCase()} BEFORE ${event} ON reservations
  WHEN NEW.accepted_at IS NOT NULL AND NEW.cancelled_at IS NULL AND NEW.released_at IS NULL
    AND NEW.start_at < (SELECT end_at FROM reservations
      WHERE tenant_id = NEW.tenant_id AND room_no = NEW.room_no AND start_at < NEW.end_at AND ${ACTIVE}
        ${event === 'UPDATE' ? 'AND NOT (tenant_id = OLD.tenant_id AND id = OLD.id)' : ''}
      ORDER BY start_at DESC LIMIT 1)
  BEGIN SELECT RAISE(ABORT, '${OVERLAP_MESSAGE}'); END`;

export const sqliteDialect: Dialect = {
  engine: 'sqlite',
  // SQLite numbers rows by its rowid only, which cannot lead with the tenant. One writer at a time makes max + 1 safe.
  rowId: 'bigint NOT NULL',
  newRowId: (table, tenantId) => sql`(SELECT coalesce(max(id), 0) + 1 FROM ${sql.table(table)} WHERE tenant_id = ${tenantId})`,
  loadsCarryIds: true,
  // The guard of PostgreSQL brings an index of its own; here it needs one to seek in.
  reservationIndexes: [...sharedIndexes, `CREATE INDEX reservations_active ON reservations (tenant_id, room_no, start_at, end_at, id) WHERE ${ACTIVE}`],
  // SQLite has no exclusion constraint.
  noOverlap: [overlapTrigger('INSERT'), overlapTrigger('UPDATE')],
  isOverlap: (error) => error instanceof Error && error.message.includes(OVERLAP_MESSAGE),
  locksRows: false,
  // SQLite has no arrays.
  list: (numbers) => JSON.stringify(numbers),
  listedAt: (place) => `json_each(${place}) AS room`,
  marked: (tenants, ids) =>
    `(SELECT tenant.value AS tenant_id, after.value AS after_id FROM json_each(${tenants}) AS tenant JOIN json_each(${ids}) AS after ON after.key = tenant.key) AS mark`,
  // One writes at a time: what is there is all that there will be.
  sight: '(SELECT 0 AS oldest, 0 AS next) AS sight',
  among: (column, numbers) => sql`${sql.ref(column)} IN (SELECT value FROM json_each(${JSON.stringify(numbers)}))`,
  inRoomMap: "substr(?7, room_no, 1) = x'01'",
  // The planner cannot know how few rows a room has in a window, so it is told which index to use.
  firstOfRooms: (window) => `SELECT id FROM reservations INDEXED BY reservations_by_room
    WHERE ${window} AND room_no IN (SELECT value FROM json_each(?7)) ORDER BY start_at, id LIMIT ?6`,
  rowsPerSeek: 17,
  // Its planner does without statistics, and with them might take to other plans.
  afterLoad: () => null,
  // The log of writes keeps pages as they were until it is begun anew.
  afterErasure: sql`PRAGMA wal_checkpoint(TRUNCATE)`,
};

export const postgresDialect: Dialect = {
  engine: 'postgres',
  // An identity column needs no lock and may stand behind the tenant in the key.
  rowId: 'bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY',
  newRowId: () => sql`DEFAULT`,
  loadsCarryIds: false,
  reservationIndexes: sharedIndexes,
  // Triggers are refused where tables are sharded; a constraint is not. btree_gist gives GiST the equality of numbers.
  noOverlap: [
    'CREATE EXTENSION IF NOT EXISTS btree_gist',
    `ALTER TABLE reservations ADD CONSTRAINT reservations_no_overlap EXCLUDE USING gist
      (tenant_id WITH =, room_no WITH =, int8range(start_at, end_at) WITH &&) WHERE (${ACTIVE})`,
  ],
  // By SQLSTATE (exclusion_violation): the constraint's name has a suffix on a shard.
  isOverlap: (error) => (error as { code?: unknown } | null)?.code === '23P01',
  locksRows: true,
  list: (numbers) => numbers,
  listedAt: (place) => `unnest(${place}::bigint[]) AS room (value)`,
  marked: (tenants, ids) => `unnest(${tenants}::bigint[], ${ids}::bigint[]) AS mark (tenant_id, after_id)`,
  sight: `(SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next) AS sight`,
  among: (column, numbers) => sql`${sql.ref(column)} = ANY(${numbers}::bigint[])`,
  // Functions of bytes and the cast have other names here. `= ANY` would tempt the planner away from the index by start.
  inRoomMap: "substr(?7::bytea, room_no::int, 1) = '\\x01'::bytea",
  // Without LATERAL the planner walks through everybody's rows.
  firstOfRooms: (window) => `SELECT first.id FROM unnest(?7::bigint[]) AS room (no) CROSS JOIN LATERAL
    (SELECT id, start_at FROM reservations WHERE ${window} AND room_no = room.no ORDER BY start_at, id LIMIT ?6) AS first
    ORDER BY start_at, id LIMIT ?6`,
  rowsPerSeek: 15,
  // Statistics for the planner, and the visibility map, without which an index alone answers nothing.
  afterLoad: (table) => sql`VACUUM (ANALYZE) ${sql.table(table)}`,
  // The server's own vacuum does it in its time; its log and backups are its operator's.
  afterErasure: null,
};

const dialects = new WeakMap<object, Dialect>();

/** Remembers which engine a Kysely instance (or its adapter) talks to, for migrations, which are given nothing else. */
export function setDialect(adapter: object, dialect: Dialect): void {
  dialects.set(adapter, dialect);
}

/** The dialect behind a Kysely instance or transaction. */
export function dialectOf(db: Pick<Kysely<never>, 'getExecutor'>): Dialect {
  const dialect = dialects.get(db.getExecutor().adapter);
  if (!dialect) throw new Error('a Kysely instance without a dialect of ours');
  return dialect;
}
