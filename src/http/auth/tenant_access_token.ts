import { DomainError } from '../../domain/errors.ts';
import { appOfToken, issueTenantTokenOf } from '../../domain/store-apps.ts';
import { tenantAccessToken } from '../../wire/auth/tenant_access_token.ts';
import { parseToken, tenantOfKey } from '../../wire/identifiers.ts';
import { answer } from '../mount.ts';
import { tokenString } from '../token.ts';

export const tenantAccessTokenHandler = answer(tenantAccessToken, async (ctx, { body }) => {
  const token = parseToken(body.app_access_token);
  const app = token !== 'unknown' && 'secret' in token && token.kind === 'app' ? await appOfToken(ctx, token.tenantId, token.secret) : undefined;
  if (!app) throw new DomainError('noPermission', 'no app has this token');
  const tenantId = tenantOfKey(body.tenant_key);
  if (tenantId === undefined) throw new DomainError('notFound', 'no tenant key');
  const issued = await issueTenantTokenOf(ctx, app, { tenantId, tenantKey: body.tenant_key });
  return { tenant_access_token: tokenString('tenant', tenantId, issued), expire: issued.expiresIn };
});
