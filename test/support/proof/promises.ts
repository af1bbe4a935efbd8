import { sql } from 'kysely';
import { ACTIVE } from '../../../src/store/dialect.ts';
import type { Site } from './site.ts';
import type { Note, Slot } from './walk.ts';

/** What racers were told, and so may rely on. */
export class Promises {
  readonly booked = new Map<number, Slot>();
  readonly leaving = new Set<number>();
  readonly left = new Set<number>();
  readonly twice: number[] = [];
  readonly failures: string[] = [];
  readonly counts = { booked: 0, taken: 0, lost: 0 };

  note = (note: Note): void => {
    if (note.what === 'leaving') this.leaving.add(note.id);
    else if (note.what === 'left') this.left.add(note.id);
    else if (note.what === 'failed') this.failures.push(note.message);
    else {
      this.counts[note.what]++;
      if (note.what !== 'booked') return;
      if (this.booked.has(note.id)) this.twice.push(note.id);
      this.booked.set(note.id, note.slot);
    }
  };

  get attempts(): number {
    return this.counts.booked + this.counts.taken + this.counts.lost;
  }

  /** Those that were not kept: acknowledged bookings that are not there, and cancellations that did not happen. */
  async broken({ ctx, tenantId, rooms }: Site): Promise<object[]> {
    const numbers = new Map(rooms.map(({ roomId, roomNo }) => [roomId, roomNo]));
    const { rows } = await sql<{ id: number; room_no: number; start_at: number; end_at: number; active: number }>`
      SELECT id, room_no, start_at, end_at, CASE WHEN ${sql.raw(ACTIVE)} THEN 1 ELSE 0 END AS active
      FROM reservations WHERE tenant_id = ${tenantId}`.execute(ctx.db.kysely);
    const stored = new Map(rows.map((row) => [row.id, row]));
    const broken: object[] = [];
    for (const [id, { roomId, startAt, endAt }] of this.booked) {
      const row = stored.get(id);
      const isThere = row?.room_no === numbers.get(roomId) && row?.start_at === startAt && row.end_at === endAt;
      const stands = this.left.has(id) ? row?.active === 0 : this.leaving.has(id) || row?.active === 1;
      if (!isThere || !stands) broken.push({ id, roomId, startAt, endAt, row });
    }
    return broken;
  }
}
