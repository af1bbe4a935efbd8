import type { Command } from 'commander';
import { forgetOldKeys, rotateKey } from '../domain/reseal.ts';
import { operator, print, withCommonOptions, withContext, type CommonOptions } from './options.ts';

export function addKeyCommands(program: Command): void {
  const key = program.command('key').description('the key file');

  withCommonOptions(
    key
      .command('rotate')
      .description('put a new key into the key file and seal secrets under it; people sign in again, page tokens begin anew, the demo gets a new secret'),
  ).action(async (options: CommonOptions) => {
    const { apps, unreadable } = await withContext(options, (ctx) => rotateKey(ctx, operator));
    print(options, { apps, unreadable }, [
      `The key file has a new key; secrets of ${String(apps)} ${apps === 1 ? 'app are' : 'apps are'} sealed under it.`,
      ...unreadable.map((appId) => `No key opens the push secrets of ${appId}: set them anew with yuding app push.`),
      'The older keys are still there, for backups and other servers: yuding key forget takes them away.',
    ]);
  });

  withCommonOptions(key.command('forget').description('take all keys but the newest out of the key file')).action(async (options: CommonOptions) => {
    const forgotten = await withContext(options, forgetOldKeys);
    print(options, { forgotten }, [forgotten === 0 ? 'There was no older key.' : `Older keys that are gone: ${String(forgotten)}.`]);
  });
}
