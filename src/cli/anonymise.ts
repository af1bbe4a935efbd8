import type { Command } from 'commander';
import { anonymise, FORMER_MEMBER, previewAnonymise, type Anonymised } from '../domain/anonymise.ts';
import { operator, print, resolveTenant, withCommonOptions, withContext, type CommonOptions } from './options.ts';

/** Stands among the commands about people. */
export function addAnonymiseCommand(program: Command): void {
  const user = program.commands.find((command) => command.name() === 'user') ?? program;
  withCommonOptions(user.command('anonymise').description('take the name, addresses and credentials of a suspended person out of everything, for good'))
    .argument('<user>', 'ou_…')
    .option('--yes', 'do it; without, only say what would happen')
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (userId: string, options: CommonOptions & { yes?: boolean; tenant?: string }) => {
      const { yes = false } = options;
      const counts = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        return yes ? anonymise(ctx, operator, tenantId, userId) : previewAnonymise(ctx, tenantId, userId);
      });
      print(options, { user_id: userId, done: yes, ...counts }, [
        sentence(counts, yes),
        ...(yes ? [] : ['Nothing was changed. With --yes it is done, and cannot be undone.']),
      ]);
    });
}

function sentence({ reservations, events, history }: Anonymised, done: boolean): string {
  const places = `${String(reservations)} reservations, ${String(events)} events and ${String(history)} rows of the audit`;
  return done ? `${FORMER_MEMBER} now stands in ${places}.` : `${FORMER_MEMBER} would stand in ${places}.`;
}
