import { compiled } from './compiled.ts';
import type { Queries } from './open.ts';
import type { Department, Level, Room, SettingsPart } from './tables.ts';

export type LevelRow = Omit<Level, 'tenant_id' | 'changed_in'>;
/** What is kept in memory of a room; the rest is read when it is asked for. */
export type RoomRow = Pick<Room, 'room_no' | 'room_id' | 'name' | 'level_id' | 'position' | 'version' | 'deleted_at'>;
export type DepartmentRow = Omit<Department, 'tenant_id' | 'changed_in'>;
export interface SettingRow {
  scope_id: string;
  part: SettingsPart;
  value: string | null;
  /** Directory version that last changed it. */
  changed_in: number;
}

/** A tenant's levels, rooms and their settings, and its departments; deleted ones included, because the ledger still shows their past. */
export interface DirectoryRows {
  version: number;
  timeZone: string;
  rootLevelId: string;
  levels: LevelRow[];
  rooms: RoomRow[];
  settings: SettingRow[];
  departments: DepartmentRow[];
}

type Since = Readonly<Record<'tenantId' | 'after', number>>;

const tenantRow = compiled<{ tenantId: number }, { directory_version: number; time_zone: string; root_level_id: string }>(['tenantId'], (db, { tenantId }) =>
  db.selectFrom('tenants').select(['directory_version', 'time_zone', 'root_level_id']).where('tenant_id', '=', tenantId),
);
const changedLevels = compiled<Since, LevelRow>(['tenantId', 'after'], (db, { tenantId, after }) =>
  db
    .selectFrom('levels')
    .select(['level_id', 'parent_id', 'name', 'time_zone', 'custom_group_id', 'position', 'version', 'deleted_at'])
    .where('tenant_id', '=', tenantId)
    .where('changed_in', '>', after),
);
const changedRooms = compiled<Since, RoomRow>(['tenantId', 'after'], (db, { tenantId, after }) =>
  db
    .selectFrom('rooms')
    .select(['room_no', 'room_id', 'name', 'level_id', 'position', 'version', 'deleted_at'])
    .where('tenant_id', '=', tenantId)
    .where('changed_in', '>', after),
);
const changedSettings = compiled<Since, SettingRow>(['tenantId', 'after'], (db, { tenantId, after }) =>
  db.selectFrom('settings').select(['scope_id', 'part', 'value', 'changed_in']).where('tenant_id', '=', tenantId).where('changed_in', '>', after),
);
const changedDepartments = compiled<Since, DepartmentRow>(['tenantId', 'after'], (db, { tenantId, after }) =>
  db
    .selectFrom('departments')
    .select(['department_id', 'name', 'parent_id', 'custom_department_id', 'position', 'version', 'deleted_at'])
    .where('tenant_id', '=', tenantId)
    .where('changed_in', '>', after),
);

/**
 * Reads what changed in the directory since a version of it; everything, when there is none. The version is read first: what
 * is newer than its version is only read again.
 */
export async function readDirectory(db: Queries, tenantId: number, since?: number): Promise<DirectoryRows> {
  const [tenant] = await tenantRow(db, { tenantId });
  if (!tenant) throw new Error(`no tenant ${String(tenantId)}`);
  const changed = { tenantId, after: since ?? -1 };
  const [levels, rooms, settings, departments] = await Promise.all([
    changedLevels(db, changed),
    changedRooms(db, changed),
    changedSettings(db, changed),
    changedDepartments(db, changed),
  ]);
  return { version: tenant.directory_version, timeZone: tenant.time_zone, rootLevelId: tenant.root_level_id, levels, rooms, settings, departments };
}

/**
 * Begins a change of a tenant's directory and returns the version that it makes. Until the transaction ends, whoever else
 * wants to change it waits: what is read from here on stays as it is.
 */
export async function beginDirectoryChange(db: Queries, tenantId: number): Promise<number> {
  const row = await db
    .updateTable('tenants')
    .set((eb) => ({ directory_version: eb('directory_version', '+', 1) }))
    .where('tenant_id', '=', tenantId)
    .returning('directory_version')
    .executeTakeFirstOrThrow();
  return row.directory_version;
}
