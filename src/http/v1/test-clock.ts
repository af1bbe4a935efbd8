import type { Ctx } from '../../context.ts';
import { DomainError } from '../../domain/errors.ts';
import type { TestClock } from '../../test-clock.ts';
import { getTestClockMethod, setTestClockMethod } from '../../wire/v1/test-clock.ts';
import { answer } from '../mount.ts';

/** @param doDue does what has become due by the clock, and says when the next thing will, not later than `until` */
export const testClockHandlers = (clock: TestClock, doDue: (ctx: Ctx, until: number) => Promise<number | null>) => [
  answer(getTestClockMethod, (ctx) => Promise.resolve(shown(ctx))),

  answer(setTestClockMethod, async (ctx, { body: { now, advance, credentials = false } }) => {
    if ((now === undefined) === (advance === undefined)) throw new DomainError('param', 'give either now or advance', 'now');
    const target = now ?? ctx.clock.now() + (advance ?? 0);
    // From one deadline to the next, so that each is met at its own time and not at the end of the jump.
    for (let next = await doDue(ctx, target); next !== null && next < target; next = await doDue(ctx, target)) clock.moveTo(next, credentials);
    clock.moveTo(target, credentials);
    await doDue(ctx, target);
    return shown(ctx);
  }),
];

function shown({ clock }: Ctx) {
  return { now: clock.now(), credentials_now: Math.floor(clock.realMs() / 1000) };
}
