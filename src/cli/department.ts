import type { Command } from 'commander';
import { createDepartment, findDepartment, pathOf } from '../domain/departments.ts';
import { columns, nameText, operator, print, resolveTenant, UsageError, withCommonOptions, withContext, type CommonOptions } from './options.ts';

export function addDepartmentCommands(program: Command): void {
  const department = program.command('department').description('departments of a tenant');

  withCommonOptions(department.command('create').description('make a department'))
    .requiredOption('--name <name>', 'name', nameText('--name'))
    .option('--parent <department>', 'department above it: od-…, or its path (default: the tenant itself)')
    .option('--custom-id <id>', "the tenant's own id of it")
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (options: CommonOptions & { name: string; parent?: string; customId?: string; tenant?: string }) => {
      const { name, parent, customId } = options;
      const made = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        const above = parent === undefined ? null : findDepartment((await ctx.directories.read(tenantId)).departments, parent);
        if (above === undefined) throw new UsageError(`--parent: there is no department "${String(parent)}" (yuding department list)`);
        return createDepartment(ctx, operator, { tenantId, name, parentId: above?.department_id ?? null, customId });
      });
      print(options, { department_id: made.department_id, name: made.name, parent_id: made.parent_id }, [made.department_id]);
    });

  withCommonOptions(department.command('list').description('list the departments of a tenant'))
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (options: CommonOptions & { tenant?: string }) => {
      const tree = await withContext(options, async (ctx) => (await ctx.directories.read((await resolveTenant(ctx, options.tenant)).tenant_id)).departments);
      const rows = tree.below(null).map((row) => ({
        department_id: row.department_id,
        name: row.name,
        parent_id: row.parent_id,
        path: pathOf(tree, row.department_id),
        custom_id: row.custom_department_id,
      }));
      const lines = rows.map(({ department_id, custom_id, path }) => [department_id, custom_id, path]);
      print(options, { departments: rows }, columns(['DEPARTMENT ID', 'OWN ID', 'PATH'], lines));
    });
}
