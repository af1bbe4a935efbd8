import { appAccessTokenInternal } from '../../wire/auth/app_access_token_internal.ts';
import { answer } from '../mount.ts';
import { tokenOfApp } from './tenant_access_token_internal.ts';

export const appAccessTokenInternalHandler = answer(appAccessTokenInternal, async (ctx, { body }) => {
  const { token, expire } = await tokenOfApp(ctx, body);
  return { app_access_token: token, tenant_access_token: token, expire };
});
