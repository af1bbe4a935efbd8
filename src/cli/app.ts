import { Option, type Command } from 'commander';
import { changeApp, createApp, listApps, revokeApp, rotateSecret } from '../domain/apps.ts';
import { words } from '../domain/words.ts';
import { OFFLINE_SCOPE } from '../wire/authen/authorize.ts';
import { userInfoScopes } from '../wire/authen/user_info.ts';
import { tenantOfAppId } from '../wire/identifiers.ts';
import { endpoints } from '../wire/index.ts';
import { collectScopes, columns, nameText, operator, print, resolveTenant, UsageError, withCommonOptions, withContext, type CommonOptions } from './options.ts';

export function addAppCommands(program: Command): void {
  const app = program.command('app').description('apps, which call the API');

  withCommonOptions(app.command('create').description('register an app; its secret is shown once'))
    .requiredOption('--name <name>', 'name', nameText('--name'))
    .option('--scopes <scopes>', 'scopes, separated by commas; may be repeated', collectScopes)
    .addOption(new Option('--kind <kind>', 'of this tenant alone, or for any that installs it').choices(['custom', 'store']).default('custom'))
    .option('--redirect-uri <uri>', 'where the authorize page may send people back to; may be repeated', collect)
    .option('--creator <user>', 'whose permissions the app has (ou_…; default: the first administrator)')
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (options: CommonOptions & NewAppOptions) => {
      const { name, kind, scopes = [], redirectUri: redirectUris = [], creator: creatorId } = options;
      noteUnusedScopes(scopes);
      const made = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId, tenant_key: tenantKey } = await resolveTenant(ctx, options.tenant);
        const created = await createApp(ctx, operator, { tenantId, name, kind, scopes, redirectUris, creatorId });
        return { ...created, tenantKey };
      });
      const { appId, secret, tenantKey } = made;
      print(options, { app_id: appId, app_secret: secret, tenant_key: tenantKey, creator: made.creatorId, scopes, kind, redirect_uris: redirectUris }, [
        `app_id      ${appId}`,
        `app_secret  ${secret}   (shown once)`,
        `tenant_key  ${tenantKey}`,
      ]);
    });

  withCommonOptions(app.command('list').description('list the apps of a tenant'))
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (options: CommonOptions & { tenant?: string }) => {
      const apps = await withContext(options, async (ctx) => listApps(ctx, (await resolveTenant(ctx, options.tenant)).tenant_id));
      const rows = apps.map((row) => ({
        app_id: row.app_id,
        name: row.name,
        scopes: words(row.scopes),
        kind: row.kind,
        redirect_uris: JSON.parse(row.redirect_uris) as string[],
        creator: row.creator_id,
        revoked: row.revoked_at !== null,
        created_at: row.created_at,
      }));
      const lines = rows.map((row) => [row.app_id, row.revoked ? 'revoked' : '', row.name, row.scopes.join(',')]);
      print(options, { apps: rows }, columns(['APP ID', '', 'NAME', 'SCOPES'], lines));
    });

  withCommonOptions(app.command('change').description('change an app; what is not named stays'))
    .argument('<app>', 'cli_…')
    .option('--name <name>', 'name', nameText('--name'))
    .option('--scopes <scopes>', 'its scopes from now on, separated by commas; may be repeated; "" for none', scopesOrNone)
    .option('--redirect-uri <uri>', 'its redirect addresses from now on; may be repeated; "" for none', collect)
    .action(async (appId: string, options: CommonOptions & { name?: string; scopes?: string[]; redirectUri?: string[] }) => {
      const { name, scopes, redirectUri } = options;
      if (name === undefined && !scopes && !redirectUri) throw new UsageError('say what to change: --name, --scopes or --redirect-uri');
      noteUnusedScopes(scopes ?? []);
      const redirectUris = redirectUri?.filter((uri) => uri !== '');
      const changed = await withContext(options, (ctx) => changeApp(ctx, operator, { tenantId: tenantOf(appId), appId, name, scopes, redirectUris }));
      const shown = {
        app_id: appId,
        name: changed.name,
        scopes: words(changed.scopes),
        redirect_uris: JSON.parse(changed.redirect_uris) as string[],
      };
      print(options, shown, [`${appId} is changed.`]);
    });

  withCommonOptions(app.command('rotate').description('give an app a new secret; the old one and its tenant tokens stop working at once'))
    .argument('<app>', 'cli_…')
    .action(async (appId: string, options: CommonOptions) => {
      const secret = await withContext(options, (ctx) => rotateSecret(ctx, operator, tenantOf(appId), appId));
      print(options, { app_id: appId, app_secret: secret }, [`app_secret  ${secret}   (shown once)`]);
    });

  withCommonOptions(app.command('revoke').description('close an app for good; all its tokens stop working at once'))
    .argument('<app>', 'cli_…')
    .action(async (appId: string, options: CommonOptions) => {
      await withContext(options, (ctx) => revokeApp(ctx, operator, tenantOf(appId), appId));
      print(options, { app_id: appId, revoked: true }, [`${appId} is revoked.`]);
    });
}

interface NewAppOptions {
  name: string;
  kind: 'custom' | 'store';
  scopes?: string[];
  redirectUri?: string[];
  creator?: string;
  tenant?: string;
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function scopesOrNone(value: string, before: readonly string[] = []): string[] {
  return value === '' ? [...before] : collectScopes(value, before);
}

/** @throws UsageError when it is no app id */
export function tenantOf(appId: string): number {
  const tenantId = tenantOfAppId(appId);
  if (tenantId === undefined) throw new UsageError(`"${appId}" is no app id; one looks like cli_0123456789abcdef (yuding app list)`);
  return tenantId;
}

/** A mistyped scope is no error, since the vendor has hundreds, but it should not go unnoticed. */
export function noteUnusedScopes(scopes: readonly string[]): void {
  const used = new Set([...endpoints.flatMap((endpoint) => endpoint.scopes), ...Object.values(userInfoScopes).flat(), OFFLINE_SCOPE]);
  for (const scope of scopes) if (!used.has(scope)) console.error(`note: nothing here asks for the scope ${scope}; in use: ${[...used].join(', ')}`);
}
