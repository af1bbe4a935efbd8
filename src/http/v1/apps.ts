import type { Principal } from '../../domain/access.ts';
import { appPage, changeApp, createApp, lastTokens, readApp, requireHeld, revokeApp, rotateSecret } from '../../domain/apps.ts';
import { words } from '../../domain/words.ts';
import type { Ctx } from '../../context.ts';
import type { App as StoredApp } from '../../store/tables.ts';
import { tenantOfAppId } from '../../wire/identifiers.ts';
import { changeAppMethod, createAppMethod, getAppMethod, listAppsMethod, revokeAppMethod, rotateAppMethod, type App } from '../../wire/v1/apps.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';

export const appHandlers = [
  answer(listAppsMethod, async (ctx, { principal: { tenantId }, query }) => {
    const walk = JSON.stringify([listAppsMethod.id, tenantId]);
    const position = positionOf(ctx.keys, walk, query.cursor, listAppsMethod.faults.param, 'cursor');
    const after = position === undefined ? undefined : (JSON.parse(position) as { createdAt: number; appId: string });
    const { apps, more } = await appPage(ctx, { tenantId, after, limit: query.limit });
    const last = more ? apps.at(-1) : undefined;
    const next_cursor = last ? sealPosition(ctx.keys, walk, JSON.stringify({ createdAt: last.created_at, appId: last.app_id })) : null;
    const tokens = await lastTokens(ctx, tenantId, apps);
    return { apps: apps.map((app) => appOf(app, tokens)), next_cursor };
  }),

  answer(createAppMethod, async (ctx, { principal, actor, body }) => {
    const { tenantId } = principal;
    const { name, kind = 'custom', scopes = [], redirect_uris: redirectUris = [] } = body;
    requireHeld(principal, scopes);
    const { appId, secret } = await createApp(ctx, actor, { tenantId, name, kind, scopes, redirectUris, creatorId: await personBehind(ctx, principal) });
    return { ...(await shown(ctx, await readApp(ctx, tenantId, appId))), secret };
  }),

  answer(getAppMethod, async (ctx, { principal, params }) => shown(ctx, await readApp(ctx, principal.tenantId, params.app_id))),

  answer(changeAppMethod, async (ctx, { principal, actor, params, body, expected }) => {
    const { tenantId } = principal;
    const { app_id: appId } = params;
    const { name, scopes, redirect_uris: redirectUris } = body;
    return shown(ctx, await changeApp(ctx, actor, { tenantId, appId, name, scopes, redirectUris, expected }, principal));
  }),

  answer(rotateAppMethod, async (ctx, { principal, actor, params }) => {
    const { tenantId } = principal;
    const { app_id: appId } = params;
    const secret = await rotateSecret(ctx, actor, tenantId, appId, { by: principal });
    return { ...(await shown(ctx, await readApp(ctx, tenantId, appId))), secret };
  }),

  answer(revokeAppMethod, async (ctx, { principal, actor, params }) => {
    const { tenantId } = principal;
    const { app_id: appId } = params;
    await revokeApp(ctx, actor, tenantId, appId);
    return shown(ctx, await readApp(ctx, tenantId, appId));
  }),
];

/** Whose permissions an app that the caller makes has: the caller's, or those behind the calling app. */
async function personBehind(ctx: Ctx, { tenantId, userId, appId }: Principal): Promise<string> {
  return userId ?? (await readApp(ctx, tenantId, appId)).creator_id;
}

function isOwn({ tenant_id, app_id }: StoredApp): boolean {
  return tenantOfAppId(app_id) === tenant_id;
}

async function shown(ctx: Ctx, row: StoredApp): Promise<App> {
  return appOf(row, await lastTokens(ctx, row.tenant_id, [row]));
}

function appOf(row: StoredApp, tokens: ReadonlyMap<string, number>): App {
  const lastToken = tokens.get(row.app_id);
  return {
    id: row.app_id,
    name: row.name,
    kind: row.kind,
    own: isOwn(row),
    scopes: words(row.scopes),
    redirect_uris: JSON.parse(row.redirect_uris) as string[],
    creator_id: row.creator_id,
    created_at: formatInstant(row.created_at),
    revoked_at: row.revoked_at === null ? null : formatInstant(row.revoked_at),
    last_token: lastToken === undefined ? null : formatInstant(lastToken),
    version: row.version,
  };
}
