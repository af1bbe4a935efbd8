import type { Command } from 'commander';
import { issueUserToken } from '../domain/credentials.ts';
import { formatToken } from '../wire/identifiers.ts';
import { noteUnusedScopes, tenantOf } from './app.ts';
import { collectScopes, operator, print, wholeNumber, withCommonOptions, withContext, type CommonOptions } from './options.ts';

const YEAR = 365 * 86_400;

export function addTokenCommands(program: Command): void {
  const token = program.command('token').description('access tokens');

  withCommonOptions(token.command('user').description('issue a user token, with which an app acts for a person'))
    .requiredOption('--app <app>', 'cli_…')
    .requiredOption('--user <user>', 'ou_…')
    .requiredOption('--scopes <scopes>', 'what the person grants, separated by commas; may be repeated', collectScopes)
    .option('--expires <seconds>', 'life of the token', wholeNumber('--expires', 1, YEAR), 7200)
    .action(async (options: CommonOptions & { app: string; user: string; scopes: string[]; expires: number }) => {
      const tenantId = tenantOf(options.app);
      noteUnusedScopes(options.scopes);
      const grant = { tenantId, appId: options.app, userId: options.user, scopes: options.scopes, life: options.expires };
      const issued = await withContext(options, (ctx) => issueUserToken(ctx, operator, grant));
      const accessToken = formatToken({ kind: 'user', tenantId, secret: issued.secret });
      print(options, { access_token: accessToken, expires_in: issued.expiresIn, scopes: options.scopes }, [accessToken]);
    });
}
