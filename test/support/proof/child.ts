/** A process with a context of its own on somebody's database, which does what it is told. It is bundled and forked. */
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { openContext } from '../../../src/app.ts';
import { systemClock } from '../../../src/clock.ts';
import { readConfig } from '../../../src/config.ts';
import type { Principal } from '../../../src/domain/access.ts';
import { settleCheckIns } from '../../../src/domain/deadlines.ts';
import { DomainError } from '../../../src/domain/errors.ts';
import { cancelReservation, checkIn, decide, extend, move, undo, type MoveInput } from '../../../src/domain/reservations.ts';
import { book, walkUp, type BookInput, type WalkUpInput } from '../../../src/domain/reserve.ts';
import { runJob } from '../../../src/jobs/runner.ts';
import type { Actor } from '../../../src/store/history.ts';
import { FakeClock } from '../clock.ts';
import { walk, type Booker, type Walk } from './walk.ts';

/** What the parent says of the place. `now` null: the machine's clock. */
export interface Place {
  data: string;
  databaseUrl: string | undefined;
  now: number | null;
}

export interface Caller {
  principal: Principal;
  actor: Actor;
}

/** `at`: epoch milliseconds for which all who race wait; null: at once. */
export interface Order {
  n: number;
  at: number | null;
  call: keyof Calls;
  args: unknown[];
}

export type Reply = { n: number; value?: unknown } | { n: number; reason: string; message: string };

const place = JSON.parse(process.argv[2] ?? '') as Place;
const clock = place.now === null ? null : new FakeClock(place.now);
const config = { ...readConfig({ data: place.data, databaseUrl: place.databaseUrl }, {}), logLevel: 'error' };
const ctx = await openContext(config, { clock: clock ?? systemClock });

const calls = {
  book: ({ principal, actor }: Caller, input: BookInput) => book(ctx, principal, actor, input),
  move: ({ principal, actor }: Caller, id: number, input: MoveInput) => move(ctx, principal, actor, id, input),
  extend: ({ principal, actor }: Caller, id: number, endAt: number) => extend(ctx, principal, actor, id, endAt),
  approve: ({ principal, actor }: Caller, id: number) => decide(ctx, principal, actor, id, { approve: true, note: null }),
  undo: ({ principal, actor }: Caller, id: number) => undo(ctx, principal, actor, id),
  walkUp: ({ principal, actor }: Caller, input: WalkUpInput) => walkUp(ctx, principal, actor, input),

  /** Races through slots. What happens is appended to a file, which survives the process. */
  walk: (caller: Caller, path: string, order: Walk) =>
    walk(bookerOf(caller), order, (note) => {
      appendFileSync(path, `${JSON.stringify(note)}\n`);
    }),

  /** Checks in to all of these, several at a time. @returns those that were acknowledged, and why the others were not */
  async checkIn({ principal, actor }: Caller, ids: readonly number[]) {
    const acknowledged: number[] = [];
    const refused: string[] = [];
    const left = [...ids];
    const goOn = async () => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        try {
          await checkIn(ctx, principal, actor, id);
          acknowledged.push(id);
        } catch (error) {
          refused.push(reasonOf(error));
        }
      }
    };
    await Promise.all(Array.from({ length: 4 }, goOn));
    return { acknowledged, refused };
  },

  async settle() {
    while (await settleCheckIns(ctx));
  },

  /** Does the same as a turn of the job that every server does. @returns whether it was this process */
  settleInTurn: () => runJob(ctx, { name: 'check-ins', summary: '', every: 10, work: settleCheckIns }),

  /** A turn at a job that takes a while. @returns from when to when, or null when somebody else was at it */
  async turn(ms: number) {
    let period: { from: number; to: number } | null = null;
    const work = async () => {
      const from = wallMs();
      await pause(ms);
      period = { from, to: wallMs() };
      return false;
    };
    await runJob(ctx, { name: 'proof', summary: '', every: 1, work });
    return period as { from: number; to: number } | null;
  },

  setNow(now: number) {
    if (clock) clock.seconds = now;
    return Promise.resolve();
  },
};
export type Calls = typeof calls;

function bookerOf({ principal, actor }: Caller): Booker {
  return {
    async book(slot) {
      const rest = {
        title: '',
        isPrivate: false,
        guests: [],
        approvalReason: null,
        recurrence: null,
        timeZone: null,
        onClash: 'refuse',
        onBehalfOf: null,
      } as const;
      try {
        const { reservations } = await book(ctx, principal, actor, { ...slot, ...rest });
        return reservations[0]?.id ?? 'lost';
      } catch (error) {
        if (error instanceof DomainError && error.reason === 'taken') return 'taken';
        throw error;
      }
    },
    async cancel(id) {
      await cancelReservation(ctx, principal, actor, id);
      return 'left';
    },
  };
}

function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

function reasonOf(error: unknown): string {
  return error instanceof DomainError ? error.reason : `unexpected: ${String(error)}`;
}

async function answer({ n, at, call, args }: Order): Promise<Reply> {
  // Turning on the spot: a timer would wake the racers milliseconds apart.
  while (at !== null && wallMs() < at);
  try {
    return { n, value: await (calls[call] as (...args: unknown[]) => Promise<unknown>)(...args) };
  } catch (error) {
    return { n, reason: reasonOf(error), message: String(error) };
  }
}

process.on('message', (order: Order) => {
  void answer(order).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => {
  process.exit();
});
process.send?.('ready');
