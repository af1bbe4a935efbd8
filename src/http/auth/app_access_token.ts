import { DomainError } from '../../domain/errors.ts';
import { issueAppToken } from '../../domain/store-apps.ts';
import { appAccessToken } from '../../wire/auth/app_access_token.ts';
import { tenantOfAppId } from '../../wire/identifiers.ts';
import { answer } from '../mount.ts';
import { tokenString } from '../token.ts';

export const appAccessTokenHandler = answer(appAccessToken, async (ctx, { body }) => {
  const tenantId = tenantOfAppId(body.app_id);
  if (tenantId === undefined) throw new DomainError('notFound', 'an app id of no tenant');
  const issued = await issueAppToken(ctx, { tenantId, appId: body.app_id, secret: body.app_secret, ticket: body.app_ticket });
  return { app_access_token: tokenString('app', tenantId, issued), expire: issued.expiresIn };
});
