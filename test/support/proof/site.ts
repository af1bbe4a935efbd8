import { rmSync } from 'node:fs';
import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import { openContext } from '../../../src/app.ts';
import { systemClock } from '../../../src/clock.ts';
import { readConfig } from '../../../src/config.ts';
import type { Ctx } from '../../../src/context.ts';
import { authenticate, issueUserToken } from '../../../src/domain/credentials.ts';
import { createApp } from '../../../src/domain/apps.ts';
import { createRoom } from '../../../src/domain/rooms.ts';
import { createLevel } from '../../../src/domain/levels.ts';
import { createTenant } from '../../../src/domain/tenants.ts';
import { createUser } from '../../../src/domain/users.ts';
import { ACTIVE } from '../../../src/store/dialect.ts';
import { formatToken } from '../../../src/wire/identifiers.ts';
import { temporaryDirectory, tester } from '../app.ts';
import type { FakeClock } from '../clock.ts';
import { testDatabase } from '../database.ts';
import type { Caller } from './child.ts';

export interface Person extends Caller {
  userId: string;
  token: string;
}

export interface Room {
  roomNo: number;
  roomId: string;
}

/** A database that several processes use, seen from the test, with a tenant, two people and some rooms. It goes when its test is over. */
export interface Site {
  data: string;
  databaseUrl: string | undefined;
  ctx: Ctx;
  tenantId: number;
  rooms: Room[];
  person: Person;
  administrator: Person;
}

export interface Unfurnished extends Pick<Site, 'ctx' | 'tenantId' | 'rooms'> {
  administratorId: string;
}

/** @param furnish does what the rooms need before people sign in, who know the directory as it is then */
export async function newSite({ rooms, clock, furnish }: { rooms: number; clock?: FakeClock; furnish?: (site: Unfurnished) => Promise<void> }): Promise<Site> {
  const data = temporaryDirectory();
  const database = await testDatabase();
  const { databaseUrl } = database;
  const ctx = await openContext({ ...readConfig({ data, databaseUrl }, {}), logLevel: 'error' }, { clock: clock ?? systemClock });
  onTestFinished(async () => {
    await ctx.db.close();
    await database.drop();
    rmSync(data, { recursive: true });
  });
  const { tenantId, rootLevelId, administratorId } = await createTenant(ctx, tester, { name: '测试', timeZone: 'UTC', administrator: '管理员' });
  const { appId } = await createApp(ctx, tester, { tenantId, name: 'proof', scopes: ['yuding:book', 'yuding:admin'] });
  const userId = await createUser(ctx, tester, { tenantId, name: '可涵', managesMeetings: false, isAdministrator: false });
  const levelId = await createLevel(ctx, tester, { tenantId, parentId: rootLevelId, name: 'L' });
  const made: Room[] = [];
  for (let i = 0; i < rooms; i++) made.push(await createRoom(ctx, tester, { tenantId, levelId, name: `R${String(i)}`, capacity: 4 }));

  await furnish?.({ ctx, tenantId, rooms: made, administratorId });

  const signIn = async (id: string): Promise<Person> => {
    const { secret } = await issueUserToken(ctx, tester, { tenantId, appId, userId: id, scopes: ['yuding:book'], life: 86_400 });
    const principal = await authenticate(ctx, 'user', tenantId, secret);
    if (typeof principal === 'string') throw new Error(principal);
    return { userId: id, token: formatToken({ kind: 'user', tenantId, secret }), principal, actor: { id, name: principal.name, source: 'v1' } };
  };
  return { data, databaseUrl, ctx, tenantId, rooms: made, person: await signIn(userId), administrator: await signIn(administratorId) };
}

/** Pairs of active reservations that have a room at one time. */
export async function overlaps({ ctx, tenantId }: Pick<Site, 'ctx' | 'tenantId'>): Promise<object[]> {
  // By what came before in the room, not by pairs: of these there are too many.
  const { rows } = await sql<object>`SELECT id, room_no, start_at, busy_until FROM (
      SELECT id, room_no, start_at, max(end_at) OVER (
        PARTITION BY room_no ORDER BY start_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) AS busy_until FROM reservations WHERE tenant_id = ${tenantId} AND ${sql.raw(ACTIVE)}
    ) AS one_after_another WHERE start_at < busy_until`.execute(ctx.db.kysely);
  return rows;
}

/** Reservations whose history does not tell all that happened to them, and histories of what is not there. Each change counts its version up and leaves a row. */
export async function untold({ ctx, tenantId }: Pick<Site, 'ctx' | 'tenantId'>): Promise<object[]> {
  const { rows } = await sql<object>`SELECT id, sum(version) AS version, sum(told) AS told FROM (
      SELECT id, version, 0 AS told FROM reservations WHERE tenant_id = ${tenantId}
      UNION ALL SELECT CAST(object_id AS bigint), 0, 1 FROM history WHERE tenant_id = ${tenantId} AND object_kind = 'reservation'
    ) AS both_sides GROUP BY id HAVING sum(version) <> sum(told)`.execute(ctx.db.kysely);
  return rows;
}
