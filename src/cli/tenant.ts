import type { Command } from 'commander';
import { createTenant, listTenants } from '../domain/tenants.ts';
import { isTimeZone } from '../domain/zones.ts';
import { columns, emailText, nameText, operator, print, UsageError, withCommonOptions, withContext, type CommonOptions } from './options.ts';

export function addTenantCommands(program: Command): void {
  const tenant = program.command('tenant').description('tenants of this server');

  withCommonOptions(tenant.command('create').description('make a tenant with its root level and its first administrator'))
    .requiredOption('--name <name>', 'name of the organisation', nameText('--name'))
    .option('--time-zone <zone>', 'IANA time zone of rooms whose levels name none', 'Asia/Shanghai')
    .option('--administrator <name>', 'name of the first administrator', nameText('--administrator'), 'Administrator')
    .option('--email <address>', 'e-mail address under which the administrator signs in', emailText('--email'))
    .action(async (options: CommonOptions & { name: string; timeZone: string; administrator: string; email?: string }) => {
      const { name, timeZone, administrator, email = null } = options;
      if (!isTimeZone(timeZone)) throw new UsageError(`--time-zone: "${timeZone}" is no IANA time zone; one looks like Asia/Shanghai`);
      const made = await withContext(options, (ctx) => createTenant(ctx, operator, { name, timeZone, administrator, email }), { create: true });
      print(options, { tenant_key: made.tenantKey, room_level_id: made.rootLevelId, administrator: made.administratorId }, [
        `tenant_key     ${made.tenantKey}`,
        `root level     ${made.rootLevelId}`,
        `administrator  ${made.administratorId}`,
      ]);
    });

  withCommonOptions(tenant.command('list').description('list the tenants')).action(async (options: CommonOptions) => {
    const tenants = await withContext(options, listTenants);
    const rows = tenants.map((row) => ({
      tenant_key: row.tenant_key,
      name: row.name,
      time_zone: row.time_zone,
      room_level_id: row.root_level_id,
      demo: row.demo !== null,
      created_at: row.created_at,
    }));
    const lines = rows.map((row) => [row.tenant_key, row.time_zone, row.demo ? 'demo' : '', row.name]);
    print(options, { tenants: rows }, columns(['TENANT KEY', 'TIME ZONE', '', 'NAME'], lines));
  });
}
