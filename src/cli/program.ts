import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config.ts';
import { DomainError } from '../domain/errors.ts';
import { KeyFileError } from '../keys.ts';
import { UnfitError } from '../store/guard.ts';
import { LockedError } from '../store/lock.ts';
import { NewerSchemaError } from '../store/migrate.ts';
import { NoDatabaseError } from '../store/open.ts';
import { UnreachableError } from '../store/postgres.ts';
import { addAnonymiseCommand } from './anonymise.ts';
import { addAppCommands } from './app.ts';
import { addAuditCommands } from './audit.ts';
import { addDemoCommand } from './demo.ts';
import { addDepartmentCommands } from './department.ts';
import { addDeviceCommands } from './device.ts';
import { addInstallationCommands } from './installation.ts';
import { addImportCommand } from './import.ts';
import { addJobCommands } from './job.ts';
import { addKeyCommands } from './key.ts';
import { addMigrateCommand } from './migrate.ts';
import { UsageError } from './options.ts';
import { addServeCommand } from './serve.ts';
import { addTenantCommands } from './tenant.ts';
import { addTokenCommands } from './token.ts';
import { addUserCommands } from './user.ts';
import { VERSION } from '../version.ts';

/**
 * Runs one command.
 *
 * @param words the command line without the program's name
 * @returns the exit code: 0 done, 1 refused or failed, 2 not understood
 */
export async function run(words: readonly string[]): Promise<number> {
  const program = new Command('yuding')
    .description('Meeting-room reservations on the Feishu/Lark room APIs')
    .version(VERSION)
    .configureOutput({
      outputError: (text, write) => {
        write(complaint(text));
      },
    })
    .exitOverride();
  for (const add of [
    addServeCommand,
    addMigrateCommand,
    addDemoCommand,
    addTenantCommands,
    addUserCommands,
    addAppCommands,
    addInstallationCommands,
    addTokenCommands,
    addDeviceCommands,
    addJobCommands,
    addAnonymiseCommand,
    addAuditCommands,
    addKeyCommands,
    addDepartmentCommands,
    addImportCommand,
  ])
    add(program);
  for (const command of [program, ...program.commands]) for (const sub of command.commands) sub.exitOverride();
  try {
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    report(error);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Errors whose message tells the user what to mend. */
const MENDABLE = [DomainError, KeyFileError, LockedError, NewerSchemaError, NoDatabaseError, UnfitError, UnreachableError, UsageError];

/** What the user can mend is one line each; what only we can mend comes with its trace. */
function report(error: unknown): void {
  if (error instanceof ConfigError) for (const problem of error.problems) console.error(`yuding: ${problem}`);
  else if (MENDABLE.some((kind) => error instanceof kind) || (error as NodeJS.ErrnoException).syscall) console.error(`yuding: ${(error as Error).message}`);
  else console.error(error);
}

/** What Commander says about a command line, in our form: one line. */
function complaint(text: string): string {
  const sentence = text.replace(/^error: /, '').trim();
  return `yuding: ${sentence.replaceAll('\n', ' ')} (--help tells more)\n`;
}
