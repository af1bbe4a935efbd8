import type { Command } from 'commander';
import { installApp, listInstallations, uninstallApp } from '../domain/installations.ts';
import { clearPushTarget, setPushTarget } from '../domain/push.ts';
import { formatInstant } from '../wire/v1/instants.ts';
import { tenantOf } from './app.ts';
import { collectScopes, columns, operator, print, resolveTenant, UsageError, withCommonOptions, withContext, type CommonOptions } from './options.ts';

interface InstallOptions extends CommonOptions {
  tenant: string;
  scopes?: string[];
  creator?: string;
}

interface PushOptions extends CommonOptions {
  url?: string;
  encryptKey?: string;
  verificationToken?: string;
  clear?: boolean;
}

/** Commands about where an app is and where its events go: further ones of `yuding app`, which is there. */
export function addInstallationCommands(program: Command): void {
  const app = program.commands.find((command) => command.name() === 'app');
  if (!app) throw new Error('the command "app" comes first');

  withCommonOptions(app.command('install').description('install a store app in a tenant'))
    .argument('<app>', 'cli_…')
    .requiredOption('--tenant <key>', 'tenant that it is to be in')
    .option('--scopes <scopes>', 'what it may do there, separated by commas (default: all that it asks for)', collectScopes)
    .option('--creator <user>', 'person of that tenant whose permissions it has there (ou_…; default: the first administrator)')
    .action(async (appId: string, options: InstallOptions) => {
      const tenantId = tenantOf(appId);
      const terms = { scopes: options.scopes, creatorId: options.creator };
      const scopes = await withContext(options, async (ctx) => {
        const { tenant_id: inTenant } = await resolveTenant(ctx, options.tenant);
        return installApp(ctx, operator, { tenantId, appId, inTenant }, terms);
      });
      print(options, { app_id: appId, tenant_key: options.tenant, scopes }, [
        `${appId} is in ${options.tenant}, with the scopes ${scopes.join(', ') || 'none'}.`,
      ]);
    });

  withCommonOptions(app.command('uninstall').description('take a store app out of a tenant; all its tokens there stop working at once'))
    .argument('<app>', 'cli_…')
    .requiredOption('--tenant <key>', 'tenant that it is in')
    .action(async (appId: string, options: InstallOptions) => {
      const tenantId = tenantOf(appId);
      await withContext(options, async (ctx) => {
        const { tenant_id: inTenant } = await resolveTenant(ctx, options.tenant);
        await uninstallApp(ctx, operator, { tenantId, appId, inTenant });
      });
      print(options, { app_id: appId, tenant_key: options.tenant, installed: false }, [`${appId} is no longer in ${options.tenant}.`]);
    });

  withCommonOptions(app.command('tenants').description('list the tenants that a store app is in'))
    .argument('<app>', 'cli_…')
    .action(async (appId: string, options: CommonOptions) => {
      const found = await withContext(options, (ctx) => listInstallations(ctx, tenantOf(appId), appId));
      const rows = found.map(({ tenantKey, name, installedAt }) => ({ tenant_key: tenantKey, name, installed: formatInstant(installedAt) }));
      const lines = rows.map((row) => [row.tenant_key, row.installed, row.name]);
      print(options, { tenants: rows }, columns(['TENANT KEY', 'SINCE', 'NAME'], lines));
    });

  withCommonOptions(app.command('push').description('set where events of an app are pushed, once the receiver has sent a challenge back'))
    .argument('<app>', 'cli_…')
    .option('--url <url>', 'the receiver, https://…')
    .option('--encrypt-key <key>', 'with what events are encrypted and signed (default: as before)')
    .option('--verification-token <token>', 'what stands in every event (default: as before, or made up)')
    .option('--clear', 'push to it no more')
    .action(async (appId: string, options: PushOptions) => {
      const tenantId = tenantOf(appId);
      const { url, clear = false, encryptKey, verificationToken } = options;
      if ((url === undefined) === !clear) throw new UsageError('say either --url URL or --clear');
      for (const [option, value] of [
        ['--encrypt-key', encryptKey],
        ['--verification-token', verificationToken],
      ] as const) {
        if (value !== undefined && !/^[\x21-\x7e]{1,128}$/.test(value)) throw new UsageError(`${option} must be 1 to 128 visible characters without spaces`);
      }
      if (url === undefined) {
        await withContext(options, (ctx) => clearPushTarget(ctx, operator, tenantId, appId));
        print(options, { app_id: appId, url: null }, [`Nothing is pushed to ${appId} any more.`]);
        return;
      }
      const { target, madeUp } = await withContext(options, (ctx) => setPushTarget(ctx, operator, tenantId, appId, { url, encryptKey, verificationToken }));
      print(options, { app_id: appId, url, encrypted: target.encrypted, verification_token: madeUp }, [
        `Events of ${appId} are pushed to ${url}${target.encrypted ? ', encrypted' : ''}.`,
        ...(madeUp === null ? [] : [`verification_token  ${madeUp}   (shown once)`]),
      ]);
    });
}
