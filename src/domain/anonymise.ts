import type { Ctx } from '../context.ts';
import {
  anonymiseEvents,
  anonymiseReservations,
  anonymiseSteps,
  closeLeaver,
  countEventsOf,
  countReservationsOf,
  deleteCredentialsOf,
  deleteFailuresOf,
  holdUser,
  lastRow,
  renameLeaver,
  type Leaver,
  type Range,
} from '../store/anonymise.ts';
import { addHistory, anonymiseHistory, historyFrom, type Actor } from '../store/history.ts';
import type { Queries } from '../store/open.ts';
import { releaseSignInNames } from '../store/sign-in-names.ts';
import type { User } from '../store/tables.ts';
import { findUser } from '../store/users.ts';
import { NamesInHistory } from './anonymise-history.ts';
import { DomainError } from './errors.ts';

/** What stands where the name of somebody who left stood. */
export const FORMER_MEMBER = '已离职成员';

/** Rows that are looked at in one transaction: bookings wait for no more. */
const CHUNK = 2000;

/** In how many rows a name stood. */
export interface Anonymised {
  reservations: number;
  events: number;
  history: number;
}

/** In how many rows a person's name stands. @throws as `anonymise` */
export async function previewAnonymise(ctx: Ctx, tenantId: number, userId: string): Promise<Anonymised> {
  const db = ctx.db.kysely;
  const user = requireLeaver(await findUser(db, tenantId, userId), userId);
  if (user.anonymised_at !== null) return { reservations: 0, events: 0, history: 0 };
  const leaver = leaverOf(user);
  const names = new NamesInHistory(leaver);
  let history = 0;
  for (let after = 0; ;) {
    const rows = await historyFrom(db, tenantId, after, CHUNK);
    history += rows.filter((row) => names.without(row) !== undefined).length;
    after = rows.at(-1)?.id ?? after;
    if (rows.length < CHUNK) break;
  }
  const reservations = await inRanges(ctx, 'reservations', tenantId, (range) => countReservationsOf(db, leaver, range));
  const events = await inRanges(ctx, 'events', tenantId, (range) => countEventsOf(db, leaver, range));
  return { reservations, events, history };
}

/**
 * Takes the name, the addresses and every credential of somebody who left out of the whole database, for good. Reservations and
 * events keep the id, so that what is counted by person stays; free text is not looked into. It is done in pieces: where it
 * is broken off, it is done by calling it again.
 *
 * @throws DomainError notFound; wrongState while the person is not suspended
 */
export async function anonymise(ctx: Ctx, actor: Actor, tenantId: number, userId: string): Promise<Anonymised> {
  const user = await ctx.db.transaction(async (tx) => {
    const found = requireLeaver(await holdUser(tx, tenantId, userId), userId);
    if (found.anonymised_at !== null) return undefined;
    // First, so that nothing takes the name from here any more. The address is kept to the end: it is what the rest is searched by.
    if (found.name !== FORMER_MEMBER) await renameLeaver(tx, leaverOf(found));
    await deleteCredentialsOf(tx, tenantId, userId);
    return found;
  });
  if (!user) return { reservations: 0, events: 0, history: 0 };
  const leaver = leaverOf(user);
  const inOwn = (work: (tx: Queries, range: Range) => Promise<number>) => (range: Range) => ctx.db.transaction((tx) => work(tx, range));
  const reservations = await inRanges(
    ctx,
    'reservations',
    tenantId,
    inOwn((tx, range) => anonymiseReservations(tx, leaver, range)),
  );
  const events = await inRanges(
    ctx,
    'events',
    tenantId,
    inOwn((tx, range) => anonymiseEvents(tx, leaver, range)),
  );
  const history = await throughHistory(ctx, leaver);
  const counts = { reservations, events, history };
  await ctx.db.transaction(async (tx) => {
    const at = ctx.clock.now();
    await releaseSignInNames(tx, { tenantId, userId });
    if (leaver.email !== null) await deleteFailuresOf(tx, leaver.email);
    await closeLeaver(tx, leaver, at);
    await addHistory(tx, { tenantId, at, actor, action: 'user.anonymise', object: { kind: 'user', id: userId }, after: counts });
  });
  await ctx.db.dialect.afterErasure?.execute(ctx.db.kysely);
  return counts;
}

/** Rows of history, piece by piece; with the last piece, the names in what the person released and decided. */
async function throughHistory(ctx: Ctx, leaver: Leaver): Promise<number> {
  const { tenantId, name } = leaver;
  const names = new NamesInHistory(leaver);
  let [count, after, done] = [0, 0, false];
  while (!done) {
    await ctx.db.transaction(async (tx) => {
      const rows = await historyFrom(tx, tenantId, after, CHUNK);
      for (const row of rows) {
        const clean = names.without(row);
        if (!clean) continue;
        await anonymiseHistory(tx, clean);
        count++;
      }
      after = rows.at(-1)?.id ?? after;
      done = rows.length < CHUNK;
      if (!done) return;
      await anonymiseSteps(tx, tenantId, 'released_by_name', names.steps('released_by_name'), name);
      await anonymiseSteps(tx, tenantId, 'decided_by_name', names.steps('decided_by_name'), name);
    });
  }
  return count;
}

async function inRanges(ctx: Ctx, table: 'reservations' | 'events', tenantId: number, work: (range: Range) => Promise<number>): Promise<number> {
  const last = await lastRow(ctx.db.kysely, table, tenantId);
  let sum = 0;
  for (let after = 0; after < last; after += CHUNK) sum += await work({ after, upTo: after + CHUNK });
  return sum;
}

function leaverOf({ tenant_id, user_id, email }: User): Leaver {
  return { tenantId: tenant_id, userId: user_id, email, name: FORMER_MEMBER };
}

function requireLeaver(user: User | undefined, userId: string): User {
  if (!user) throw new DomainError('notFound', `no user ${userId}`);
  if (user.suspended_at === null)
    throw new DomainError('wrongState', 'only who is suspended can be anonymised, for it cannot be undone: suspend the person first');
  return user;
}
