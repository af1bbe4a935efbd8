import type { Command } from 'commander';
import { issuePasswordLink } from '../domain/one-time-links.ts';
import { createUser, listUsers } from '../domain/users.ts';
import { passwordLink } from '../wire/links.ts';
import { columns, emailText, nameText, operator, print, resolveTenant, withCommonOptions, withContext, type CommonOptions } from './options.ts';

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('people of a tenant');

  withCommonOptions(user.command('create').description('add a person'))
    .requiredOption('--name <name>', 'name', nameText('--name'))
    .option('--tenant <key>', 'tenant; needed when there are several')
    .option('--meeting-management', 'may read the ledger (the meeting-management permission)')
    .option('--administrator', 'administers the tenant, meeting management included')
    .option('--email <address>', 'e-mail address under which the person signs in', emailText('--email'))
    .action(async (options: CommonOptions & { name: string; tenant?: string; email?: string; meetingManagement?: boolean; administrator?: boolean }) => {
      const userId = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        const rights = { managesMeetings: options.meetingManagement ?? false, isAdministrator: options.administrator ?? false };
        return createUser(ctx, operator, { tenantId, name: options.name, email: options.email ?? null, ...rights });
      });
      print(options, { user_id: userId, name: options.name }, [userId]);
    });

  withCommonOptions(user.command('list').description('list the people of a tenant'))
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (options: CommonOptions & { tenant?: string }) => {
      const users = await withContext(options, async (ctx) => listUsers(ctx, (await resolveTenant(ctx, options.tenant)).tenant_id));
      const rows = users.map((row) => ({
        user_id: row.user_id,
        name: row.name,
        administrator: row.is_administrator === 1,
        meeting_management: row.is_administrator === 1 || row.manages_meetings === 1,
      }));
      const lines = rows.map((row) => [row.user_id, row.administrator ? 'administrator' : row.meeting_management ? 'meeting management' : '', row.name]);
      print(options, { users: rows }, columns(['USER ID', 'RIGHTS', 'NAME'], lines));
    });

  withCommonOptions(user.command('link').description('print a link with which a person sets a password, once and within 24 hours'))
    .argument('<user>', 'ou_…')
    .option('--tenant <key>', 'tenant; needed when there are several')
    .option('--public-url <url>', 'where people reach the server (YUDING_PUBLIC_URL; default: the configured address and port)')
    .action(async (userId: string, options: CommonOptions & { tenant?: string; publicUrl?: string }) => {
      const issued = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        const link = await issuePasswordLink(ctx, operator, tenantId, userId);
        return { url: passwordLink(ctx.origin, link), expires_at: link.expiresAt };
      });
      print(options, issued, [issued.url]);
    });
}
