import { userInfo } from '../../domain/user-info.ts';
import { getUserInfo, userInfoScopes } from '../../wire/authen/user_info.ts';
import { formatUserId } from '../../wire/identifiers.ts';
import { answer } from '../mount.ts';

export const userInfoHandler = answer(getUserInfo, async (ctx, { principal }) => {
  const { user, tenant } = await userInfo(ctx, principal);
  const { appScopes, grantedScopes } = principal;
  const shows = (field: keyof typeof userInfoScopes) => userInfoScopes[field].some((scope) => appScopes.includes(scope) && grantedScopes.includes(scope));
  return {
    name: user.name,
    en_name: user.name,
    avatar_url: '',
    avatar_thumb: '',
    avatar_middle: '',
    avatar_big: '',
    open_id: user.user_id,
    union_id: formatUserId('union_id', user.user_id),
    ...(user.email !== null && shows('email') ? { email: user.email } : {}),
    ...(shows('user_id') ? { user_id: formatUserId('user_id', user.user_id) } : {}),
    tenant_key: tenant.tenant_key,
    ...(user.employee_no !== '' && shows('employee_no') ? { employee_no: user.employee_no } : {}),
  };
});
