import type { Command } from 'commander';
import type { Ctx } from '../context.ts';
import { findDepartment } from '../domain/departments.ts';
import { issuePasswordLink } from '../domain/one-time-links.ts';
import { changeUser, createUser, listUsers, resumeUser, suspendUser, type UserSeen } from '../domain/users.ts';
import type { User } from '../store/tables.ts';
import { passwordLink } from '../wire/links.ts';
import { columns, emailText, nameText, operator, print, resolveTenant, UsageError, withCommonOptions, withContext, type CommonOptions } from './options.ts';

const MANAGEMENT = 'may read the ledger (the meeting-management permission)';

interface CreateOptions extends CommonOptions {
  name: string;
  email?: string;
  department?: string;
  employeeNo?: string;
  tenant?: string;
  meetingManagement?: boolean;
  administrator?: boolean;
}

interface ChangeOptions extends Omit<CreateOptions, 'name'> {
  name?: string;
}

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('people of a tenant');

  withCommonOptions(user.command('create').description('add a person'))
    .requiredOption('--name <name>', 'name', nameText('--name'))
    .option('--email <address>', 'e-mail address; nobody else on the server may have it', emailText('--email'))
    .option('--department <department>', 'od-…, or its path: 研发部/平台组')
    .option('--employee-no <number>', 'staff number')
    .option('--tenant <key>', 'tenant; needed when there are several')
    .option('--meeting-management', MANAGEMENT)
    .option('--administrator', 'administers the tenant, meeting management included')
    .action(async (options: CreateOptions) => {
      const { name, email, employeeNo } = options;
      const userId = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        const rights = { managesMeetings: options.meetingManagement ?? false, isAdministrator: options.administrator ?? false };
        return createUser(ctx, operator, { tenantId, name, email, employeeNo, departmentId: await departmentOf(ctx, tenantId, options.department), ...rights });
      });
      print(options, { user_id: userId, name }, [userId]);
    });

  withCommonOptions(user.command('list').description('list the people of a tenant'))
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (options: CommonOptions & { tenant?: string }) => {
      const users = await withContext(options, async (ctx) => listUsers(ctx, (await resolveTenant(ctx, options.tenant)).tenant_id));
      const lines = users.map((row) => [row.user_id, rightsOf(row), row.suspended_at === null ? '' : 'suspended', row.email ?? '', row.name]);
      print(options, { users: users.map(shown) }, columns(['USER ID', 'RIGHTS', '', 'E-MAIL', 'NAME'], lines));
    });

  withCommonOptions(user.command('change').description('change a person: name, address, department, rights'))
    .argument('<user>', 'ou_…')
    .option('--name <name>', 'name', nameText('--name'))
    .option('--email <address>', 'e-mail address; empty: none', (value: string) => (value === '' ? '' : emailText('--email')(value)))
    .option('--department <department>', 'od-…, or its path; empty: none')
    .option('--employee-no <number>', 'staff number')
    .option('--meeting-management', MANAGEMENT)
    .option('--no-meeting-management', 'takes that back')
    .option('--administrator', 'administers the tenant')
    .option('--no-administrator', 'takes that back')
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (userId: string, options: ChangeOptions) => {
      const { name, email, employeeNo, meetingManagement: managesMeetings, administrator: isAdministrator } = options;
      const changed = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        const departmentId = await departmentOf(ctx, tenantId, options.department);
        const fields = { name, email: email === '' ? null : email, employeeNo, departmentId, managesMeetings, isAdministrator };
        return changeUser(ctx, operator, { tenantId, userId, ...fields });
      });
      print(options, shown(changed), [`${userId} is changed.`]);
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

  const step = (name: string, description: string, done: string, work: (ctx: Ctx, seen: UserSeen) => Promise<User>) =>
    withCommonOptions(user.command(name).description(description))
      .argument('<user>', 'ou_…')
      .option('--tenant <key>', 'tenant; needed when there are several')
      .action(async (userId: string, options: CommonOptions & { tenant?: string }) => {
        const changed = await withContext(options, async (ctx) => work(ctx, { tenantId: (await resolveTenant(ctx, options.tenant)).tenant_id, userId }));
        print(options, shown(changed), [`${userId} ${done}.`]);
      });
  step('suspend', 'bar a person; sessions and tokens end at once', 'is suspended', (ctx, seen) => suspendUser(ctx, operator, seen));
  step('resume', 'let a suspended person in again', 'may sign in again', (ctx, seen) => resumeUser(ctx, operator, seen));
}

/** Id of the department that an option names, by id or by path; null: none. @throws UsageError */
async function departmentOf(ctx: Ctx, tenantId: number, named: string | undefined): Promise<string | null | undefined> {
  if (named === undefined || named === '') return named === '' ? null : undefined;
  const { departments } = await ctx.directories.read(tenantId);
  const found = findDepartment(departments, named);
  if (!found) throw new UsageError(`--department: there is no department "${named}" (yuding department list)`);
  return found.department_id;
}

function rightsOf({ is_administrator, manages_meetings }: User): string {
  return is_administrator === 1 ? 'administrator' : manages_meetings === 1 ? 'meeting management' : '';
}

function shown(user: User) {
  return {
    user_id: user.user_id,
    name: user.name,
    email: user.email,
    employee_no: user.employee_no,
    department_id: user.department_id,
    administrator: user.is_administrator === 1,
    meeting_management: user.is_administrator === 1 || user.manages_meetings === 1,
    suspended: user.suspended_at !== null,
  };
}
