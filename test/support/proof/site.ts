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
  const active = sql.raw(ACTIVE);
  const rows = sql`SELECT id, room_no, start_at, end_at FROM reservations WHERE tenant_id = ${tenantId} AND ${active}`;
  const { rows: found } = await sql<object>`SELECT a.id AS one, b.id AS other FROM (${rows}) AS a JOIN (${rows}) AS b
    ON a.room_no = b.room_no AND a.id < b.id AND a.start_at < b.end_at AND b.start_at < a.end_at`.execute(ctx.db.kysely);
  return found;
}

/** Reservations whose history does not tell all that happened to them, and histories of what is not there. Each change counts its version up and leaves a row. */
export async function untold({ ctx, tenantId }: Pick<Site, 'ctx' | 'tenantId'>): Promise<object[]> {
  const told = sql`SELECT CAST(object_id AS bigint) AS id, count(*) AS n FROM history WHERE tenant_id = ${tenantId} AND object_kind = 'reservation' GROUP BY object_id`;
  const { rows } = await sql<object>`SELECT r.id, r.version, told.n FROM (SELECT id, version FROM reservations WHERE tenant_id = ${tenantId}) AS r
    FULL JOIN (${told}) AS told ON told.id = r.id WHERE r.id IS NULL OR told.n IS NULL OR told.n <> r.version`.execute(ctx.db.kysely);
  return rows;
}
