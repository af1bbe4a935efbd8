import { sql, type Kysely, type RawBuilder } from 'kysely';

/** Every difference between the engines, each with its reason. */
export interface Dialect {
  readonly engine: 'sqlite' | 'postgres';
  /** Column definition of an id that the database gives. */
  readonly rowId: string;
  /** The value to insert for such an id. */
  newRowId(table: 'reservations' | 'history', tenantId: number): RawBuilder<number>;
  readonly reservationIndexes: readonly string[];
  /** The statements that make the database refuse two active reservations of one room at one time. */
  readonly noOverlap: readonly string[];
  /** Whether `error` is the database refusing such an overlap. */
  isOverlap(error: unknown): boolean;
}

/** The rows that hold a room. The partial indexes, the guard and the code all mean this. */
export const ACTIVE = 'accepted_at IS NOT NULL AND cancelled_at IS NULL AND released_at IS NULL';
/** The rows that the ledger may show. */
export const LISTED = 'rejected_at IS NULL AND cancelled_at IS NULL';

const sharedIndexes = [
  `CREATE INDEX reservations_by_start ON reservations (tenant_id, start_at, id, room_no) WHERE ${LISTED}`,
  `CREATE INDEX reservations_by_room ON reservations (tenant_id, room_no, start_at, id) WHERE ${LISTED}`,
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
  // The guard of PostgreSQL brings an index of its own; here it needs one to seek in.
  reservationIndexes: [...sharedIndexes, `CREATE INDEX reservations_active ON reservations (tenant_id, room_no, start_at, end_at, id) WHERE ${ACTIVE}`],
  // SQLite has no exclusion constraint.
  noOverlap: [overlapTrigger('INSERT'), overlapTrigger('UPDATE')],
  isOverlap: (error) => error instanceof Error && error.message.includes(OVERLAP_MESSAGE),
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
