import type { Ctx } from '../context.ts';
import { addHistory, countDenied, type Actor } from '../store/history.ts';
import { holdTenant } from '../store/tenants.ts';

/** So many tries of one caller are written down in an hour; one row more says that there were others. */
const MOST_DENIED = 20;
const HOUR = 3600;

/** What somebody tried and may not do. */
export interface Denial {
  tenantId: number;
  actor: Actor;
  /** Name of the method. */
  action: string;
  object: { kind: string; id: string };
}

/**
 * Writes down that something was tried and refused. Whoever tries again and again fills the audit no further than to a bound.
 * It never fails: the refusal is answered all the same.
 */
export async function noteDenial(ctx: Ctx, { tenantId, actor, action, object }: Denial): Promise<void> {
  const at = Math.floor(ctx.clock.realMs() / 1000);
  try {
    // Past the bound, nothing is written and nobody is held up.
    if ((await countDenied(ctx.db.kysely, tenantId, actor.id, at - HOUR, at)) > MOST_DENIED) return;
    await ctx.db.transaction(async (tx) => {
      await holdTenant(tx, tenantId);
      const count = await countDenied(tx, tenantId, actor.id, at - HOUR, at);
      if (count > MOST_DENIED) return;
      const row = { tenantId, at, actor, denied: true };
      if (count < MOST_DENIED) await addHistory(tx, { ...row, action, object });
      else await addHistory(tx, { ...row, action: 'denied.more', object: { kind: 'actor', id: actor.id }, after: { within_seconds: HOUR } });
    });
  } catch (error) {
    ctx.log.error({ log_id: actor.requestId, err: error }, 'a refusal could not be written down');
  }
}
