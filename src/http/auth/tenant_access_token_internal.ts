import type { Ctx } from '../../context.ts';
import { issueTenantToken } from '../../domain/credentials.ts';
import { DomainError } from '../../domain/errors.ts';
import { tenantAccessTokenInternal } from '../../wire/auth/tenant_access_token_internal.ts';
import { tenantOfAppId } from '../../wire/identifiers.ts';
import { answer } from '../mount.ts';
import { tokenString } from '../token.ts';

export const tenantAccessTokenInternalHandler = answer(tenantAccessTokenInternal, async (ctx, { body }) => {
  const { token, expire } = await tokenOfApp(ctx, body);
  return { tenant_access_token: token, expire };
});

/** The token that a custom app's credentials buy, and the seconds it lasts. */
export async function tokenOfApp(ctx: Ctx, { app_id, app_secret }: { app_id: string; app_secret: string }): Promise<{ token: string; expire: number }> {
  const tenantId = tenantOfAppId(app_id);
  if (tenantId === undefined) throw new DomainError('notFound', 'an app id of no tenant');
  const issued = await issueTenantToken(ctx, tenantId, app_id, app_secret);
  return { token: tokenString('tenant', tenantId, issued), expire: issued.expiresIn };
}
