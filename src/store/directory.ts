import type { Insertable } from 'kysely';
import type { Queries } from './open.ts';
import type { Tables } from './tables.ts';

/** A tenant's levels and rooms as they stand, deleted ones included, because the ledger still shows their past. */
export interface DirectoryRows {
  version: number;
  timeZone: string;
  rootLevelId: string;
  levels: { level_id: string; parent_id: string | null; time_zone: string | null; deleted_at: number | null }[];
  rooms: { room_no: number; room_id: string; name: string; level_id: string; deleted_at: number | null }[];
}

/** Reads the directory. The version is read first: what is newer than its version is only read again too early. */
export async function readDirectory(db: Queries, tenantId: number): Promise<DirectoryRows> {
  const tenant = await db
    .selectFrom('tenants')
    .select(['directory_version', 'time_zone', 'root_level_id'])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  const levels = await db.selectFrom('levels').select(['level_id', 'parent_id', 'time_zone', 'deleted_at']).where('tenant_id', '=', tenantId).execute();
  const rooms = await db.selectFrom('rooms').select(['room_no', 'room_id', 'name', 'level_id', 'deleted_at']).where('tenant_id', '=', tenantId).execute();
  return { version: tenant.directory_version, timeZone: tenant.time_zone, rootLevelId: tenant.root_level_id, levels, rooms };
}

export async function insertLevel(db: Queries, level: Insertable<Tables['levels']>): Promise<void> {
  await db.insertInto('levels').values(level).execute();
}
