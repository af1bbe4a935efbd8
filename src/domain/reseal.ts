import type { Ctx } from '../context.ts';
import { appsWithSeals, findApp, holdApp, updateSeals } from '../store/apps.ts';
import { addHistory, type Actor } from '../store/history.ts';
import { listTenants } from '../store/tenants.ts';
import type { App } from '../store/tables.ts';
import { renewDemoSecrets } from './demo/load.ts';
import { DomainError } from './errors.ts';
import { KEY, TOKEN } from './push.ts';

/** What became of the secrets in the database when the key was changed. */
export interface Resealed {
  /** Apps whose secrets the new key has sealed. */
  apps: number;
  /** Apps whose secrets no key of the file opens: their push target must be set anew. */
  unreadable: string[];
}

/**
 * Puts a new key into the key file and seals under it what is sealed in the database. The old keys stay, so that whatever is
 * interrupted in between can be read all the time; asked again, it begins with another key.
 */
export async function rotateKey(ctx: Ctx, actor: Actor): Promise<Resealed> {
  ctx.keys.rotate();
  const resealed: Resealed = { apps: 0, unreadable: [] };
  for (const { tenant_id: tenantId } of await listTenants(ctx.db.kysely)) {
    for (const { app_id: appId } of await appsWithSeals(ctx.db.kysely, tenantId)) {
      if (await resealApp(ctx, actor, tenantId, appId)) resealed.apps++;
      else resealed.unreadable.push(appId);
    }
  }
  await renewDemoSecrets(ctx, actor);
  return resealed;
}

/** @returns false when it cannot be opened */
async function resealApp(ctx: Ctx, actor: Actor, tenantId: number, appId: string): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    await holdApp(tx, tenantId, appId);
    const app = await findApp(tx, tenantId, appId);
    if (!app) return true;
    const renewed = reseal(ctx, app);
    if (!renewed) return false;
    await updateSeals(tx, tenantId, { app_id: appId, ...renewed });
    const at = Math.floor(ctx.clock.realMs() / 1000);
    await addHistory(tx, { tenantId, at, actor, action: 'app.reseal', object: { kind: 'app', id: appId } });
    return true;
  });
}

function reseal(ctx: Ctx, app: App): Pick<App, 'push_token' | 'push_key'> | undefined {
  const again = (purpose: string, sealed: string | null) => (sealed === null ? null : ctx.keys.seal(purpose, ctx.keys.open(purpose, sealed)));
  try {
    return { push_token: again(TOKEN, app.push_token), push_key: again(KEY, app.push_key) };
  } catch {
    // Its key is gone, or it was changed: the operator is told whose it is.
    return undefined;
  }
}

/**
 * Takes all keys but the newest out of the key file.
 *
 * @returns how many went
 * @throws DomainError wrongState while something in the database is sealed under one of them
 */
export async function forgetOldKeys(ctx: Ctx): Promise<number> {
  const old: string[] = [];
  for (const { tenant_id } of await listTenants(ctx.db.kysely)) {
    for (const { app_id, push_token, push_key } of await appsWithSeals(ctx.db.kysely, tenant_id)) {
      if ([push_token, push_key].some((sealed) => sealed !== null && !ctx.keys.isNewest(sealed))) old.push(app_id);
    }
  }
  if (old.length > 0) throw new DomainError('wrongState', `secrets of ${old.join(', ')} are sealed under an older key: yuding key rotate seals them anew`);
  return ctx.keys.forgetOld();
}
