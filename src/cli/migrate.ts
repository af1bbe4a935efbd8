import type { Command } from 'commander';
import { print, withCommonOptions, withContext, type CommonOptions } from './options.ts';

export function addMigrateCommand(program: Command): void {
  withCommonOptions(program.command('migrate').description('create the database, or bring its schema up to date (serve does it too)')).action(
    async (options: CommonOptions) => {
      const engine = await withContext(options, (ctx) => Promise.resolve(ctx.db.dialect.engine), { create: true });
      print(options, { engine, schema: 'current' }, [`The schema is up to date (${engine}).`]);
    },
  );
}
