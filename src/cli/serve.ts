import type { Command } from 'commander';
import { createApp, type App } from '../app.ts';
import { readConfig } from '../config.ts';
import { findDemo, loadDemo, type DemoAccess } from '../domain/demo/load.ts';
import { issueSetUpLink } from '../domain/one-time-links.ts';
import { listTenants } from '../domain/tenants.ts';
import { isLoopback } from '../loopback.ts';
import { tenantAccessTokenInternal } from '../wire/auth/tenant_access_token_internal.ts';
import { pagePaths, setUpLink } from '../wire/links.ts';
import { resourceReservationList } from '../wire/vc/resource_reservation_list.ts';
import { accessLines, accessObject, callOf } from './demo.ts';
import { withCommonOptions, type CommonOptions } from './options.ts';

/** Seconds that requests under way have to finish after SIGTERM. */
const DRAIN_SECONDS = 10;

interface ServeOptions extends CommonOptions {
  host?: string;
  port?: string;
  publicUrl?: string;
  trustedProxies?: string;
  keepDays?: string;
  demo?: boolean;
  testClock?: boolean;
}

export function addServeCommand(program: Command): void {
  withCommonOptions(program.command('serve').description('run the server'))
    .option('--host <address>', 'address to listen on (YUDING_HOST; default: 127.0.0.1)')
    .option('--port <port>', 'port; 0 picks a free one (YUDING_PORT; default: 7070)')
    .option('--public-url <url>', 'where people reach the server, https://rooms.example.com (YUDING_PUBLIC_URL; default: where it listens)')
    .option('--trusted-proxies <ranges>', 'addresses of reverse proxies that are believed, as 10.0.0.0/8,fd00::/8 (YUDING_TRUSTED_PROXIES)')
    .option('--keep-days <days>', 'forget reservations that ended more than so many days ago (YUDING_KEEP_DAYS; default: none)')
    .option('--demo', 'load a demo tenant when the data directory is empty')
    .option('--test-clock', 'let callers of /api/v1/test-clock move the time; on a loopback address only')
    .action(async (options: ServeOptions) => {
      const app = await createApp(readConfig(options));
      try {
        const demo = options.demo ? await openDemo(app) : undefined;
        const url = await app.start();
        const stopped = stopOnSignal(app);
        if (!isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, '')))
          console.error(`warning: ${url} can be reached from other machines, without TLS: tokens travel in the open unless a proxy with TLS stands in front`);
        const link = await issueSetUpLink(app.ctx);
        const setUp = link && setUpLink(app.ctx.origin, link);
        if (options.json) console.log(JSON.stringify({ url, ...(demo && { demo: accessObject(demo) }), ...(setUp !== undefined && { set_up: setUp }) }));
        else console.log([...introduction(url, app.ctx.origin, demo, setUp), `ready on ${url}`].join('\n'));
        await stopped;
      } catch (error) {
        await app.stop();
        throw error;
      }
    });
}

/** The demo tenant: loaded when there is no tenant at all, so that it never stands beside somebody's real one unasked. */
async function openDemo(app: App): Promise<DemoAccess | undefined> {
  const present = await findDemo(app.ctx);
  if (present) return present.access;
  if ((await listTenants(app.ctx)).length > 0) return undefined;
  return loadDemo(app.ctx, { id: 'demo', name: 'demo', source: 'demo' }, callOf({}, app.ctx.clock.now()));
}

function introduction(url: string, origin: string, demo: DemoAccess | undefined, setUp: string | undefined): string[] {
  if (setUp !== undefined)
    return ['There is no tenant yet. Within 30 minutes, this link sets the server up, once (or start with --demo):', '', `  ${setUp}`, ''];
  if (!demo) return [];
  const signIn = `Sign in at ${origin}${pagePaths.signIn} with that e-mail address and password.`;
  return ['', ...accessLines(demo), '', signIn, '', 'The ledger of the last 24 hours, ready to paste:', '', ...snippet(url, demo), ''];
}

function snippet(url: string, { appId, appSecret }: DemoAccess): string[] {
  return [
    `  TOKEN=$(curl -s ${url}${tenantAccessTokenInternal.path} \\`,
    `    -d '{"app_id":"${appId}","app_secret":"${appSecret}"}' | sed 's/.*"tenant_access_token":"\\([^"]*\\)".*/\\1/')`,
    `  curl -s -H "Authorization: Bearer $TOKEN" \\`,
    `    "${url}${resourceReservationList.path}?start_time=$(($(date +%s)-86400))&end_time=$(date +%s)&need_topic=true"`,
  ];
}

/** Resolves when SIGTERM or SIGINT has been obeyed: what is under way finishes first. A second signal, or too long a wait, ends it at once. */
function stopOnSignal(app: App): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) process.exit(1);
      stopping = true;
      setTimeout(() => process.exit(1), DRAIN_SECONDS * 1000).unref();
      app.stop().then(resolve, reject);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
