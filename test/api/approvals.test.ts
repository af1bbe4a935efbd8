import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { createDepartment } from '../../src/domain/departments.ts';
import { listApprovalsMethod } from '../../src/wire/v1/approvals.ts';
import { approveMethod, rejectMethod } from '../../src/wire/v1/reservations.ts';
import type { AnswerOf } from '../../src/wire/endpoint.ts';
import { NOON, tester, testApp } from '../support/app.ts';
import { engine } from '../support/database.ts';
import { approvedBy, openOffice, type Door, type Member } from '../support/office.ts';

/* What waits for somebody's decision: exactly what they may decide. */
const statements: string[] = [];
const app = await testApp({ rateLimit: 0 }, { onStatement: (text) => statements.push(text) });
afterAll(() => app.stop());
const HOUR = 3600;
const DAY = 86_400;
const reason = { approval_reason: '客户来访' };

const idsFor = async (office: Awaited<ReturnType<typeof openOffice>>, who: Member) => {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: AnswerOf<typeof listApprovalsMethod> = await office.done(who, listApprovalsMethod, { query: { limit: 3, cursor } });
    ids.push(...page.approvals.map(({ reservation }) => reservation.id));
    cursor = page.next_cursor;
  }
  return ids;
};

describe('the list', () => {
  it('has what its reader may decide, and nothing else, whoever reads it', async () => {
    const office = await openOffice(app);
    const { tenantId } = office;
    const names = ['approver', 'keeper', 'of the department', 'of the floor', 'asking', 'nobody'] as const;
    const people = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await office.person(name)] as const))) as Record<string, Member>;
    const of = (name: (typeof names)[number]) => people[name] ?? office.chief;
    const department = await createDepartment(app.ctx, tester, { tenantId, name: '行政部', parentId: null });
    await app.ctx.db.kysely
      .updateTable('users')
      .set({ department_id: department.department_id })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', of('of the department').id)
      .execute();
    await office.settings(office.levelId, { ...approvedBy(of('of the floor')), administrators: { users: [], departments: [] } });
    const rooms: Door[] = [];
    for (const parts of [
      {},
      approvedBy(of('approver')),
      approvedBy(of('approver'), of('of the floor')),
      { administrators: { users: [of('keeper').id], departments: [] } },
      { ...approvedBy(of('nobody')), administrators: { users: [], departments: [department.department_id] } },
    ]) {
      const room = await office.room(`松 ${String(rooms.length)}`);
      if (Object.keys(parts).length > 0) await office.settings(room.roomId, parts);
      rooms.push(room);
    }
    // Each reader has a request of their own to try in each room.
    const readers = [...Object.values(people), office.chief];
    const asked = await Promise.all(
      readers.map((_reader, i) => Promise.all(rooms.map((room) => office.book(of('asking'), room, DAY + i * HOUR, HOUR, reason)))),
    );
    let decided = 0;
    for (const [i, reader] of readers.entries()) {
      const listed = await idsFor(office, reader);
      expect(new Set(listed).size).toBe(listed.length);
      for (const { id, status } of asked[i] ?? []) {
        expect(status).toBe('pending');
        const answer = await office.ask(reader, i % 2 === 0 ? approveMethod : rejectMethod, {
          params: { reservation_id: id },
          ...(i % 2 === 0 ? {} : { body: {} }),
        });
        expect([reader.name, id, answer.status]).toEqual([reader.name, id, listed.includes(id) ? 200 : 403]);
        if (listed.includes(id)) decided += 1;
        // What is decided waits no more.
        expect(await idsFor(office, reader)).not.toContain(listed.includes(id) ? id : 'none');
      }
    }
    expect(decided).toBeGreaterThan(8);
    expect(decided).toBeLessThan(readers.length * rooms.length);
  });

  it('begins with what begins first, says what competes, counts what waits, and lets go of what is too late', async () => {
    const office = await openOffice(app);
    const [ada, bob] = [await office.person('Ada'), await office.person('Bob')];
    const room = await office.room('松');
    await office.settings(room.roomId, approvedBy(bob));
    const ask = (after: number, length: number, more = {}) => office.book(ada, room, after, length, { ...reason, ...more });
    const late = await ask(8 * HOUR, HOUR);
    const [first, second, third] = [await ask(2 * HOUR, 2 * HOUR), await ask(3 * HOUR, HOUR), await ask(4 * HOUR, HOUR, { private: true, title: '秘密' })];
    const { approvals, count, next_cursor } = await office.done(bob, listApprovalsMethod);
    expect(approvals.map(({ reservation, competing }) => [reservation.id, competing])).toEqual([
      [first.id, [second.id]],
      [second.id, [first.id]],
      [third.id, []],
      [late.id, []],
    ]);
    expect([count, next_cursor]).toEqual([4, null]);
    expect(approvals[2]?.reservation).toMatchObject({ title: null, approval_reason: '客户来访', reserver: { name: 'Ada' } });
    expect(await idsFor(office, bob)).toEqual([first, second, third, late].map(({ id }) => id));
    await office.done(bob, approveMethod, { params: { reservation_id: first.id } });
    expect(await idsFor(office, bob)).toEqual([third.id, late.id]);
    app.clock.seconds = NOON + 4 * HOUR;
    expect(await idsFor(office, bob)).toEqual([late.id]);
    app.clock.seconds = NOON;
  });

  it('costs as many statements whatever it has in it, and reads what is undecided alone', async () => {
    const office = await openOffice(app);
    const ada = await office.person('Ada');
    const room = await office.room('松');
    await office.settings(room.roomId, approvedBy(ada));
    const cost = async () => {
      await office.done(office.chief, listApprovalsMethod);
      await office.done(ada, listApprovalsMethod);
      statements.length = 0;
      await office.done(ada, listApprovalsMethod);
      return statements.length;
    };
    await office.book(ada, room, DAY, HOUR, reason);
    const one = await cost();
    for (let i = 0; i < 20; i++) await office.book(ada, room, DAY + i * HOUR, HOUR, reason);
    expect(await cost()).toBe(one);
    expect(one).toBeLessThan(8);
    const page = statements.find((text) => /from .?reservations.?.*order by .?start_at/i.test(text)) ?? '';
    expect(page).not.toBe('');
    if (engine() === 'sqlite') {
      const { rows } = await sql<{ detail: string }>`${sql.raw(`EXPLAIN QUERY PLAN ${page.replace(/\?\d*/g, '1')}`)}`.execute(app.ctx.db.kysely);
      expect(rows.map(({ detail }) => detail).join('\n')).toMatch(/reservations_undecided/);
    }
  });
});
