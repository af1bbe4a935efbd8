import type { Principal } from '../../domain/access.ts';
import { gateway } from '../../wire/errors.ts';
import { withScopes } from '../../wire/envelope.ts';
import { formatUserId, parseUserId, type UserIdType } from '../../wire/identifiers.ts';
import { USER_ID_SCOPE } from '../../wire/values.ts';
import { Refusal } from '../refusal.ts';

/** Translates between the ids that a caller speaks and open ids, which the domain speaks. */
export interface UserIds {
  write(openId: string): string;
  /** An id of another form becomes one that nobody has. */
  read(userId: string): string;
}

/** @throws Refusal when the app may not see ids of that type */
export function userIdsOf({ appScopes }: Principal, type: UserIdType): UserIds {
  if (type === 'user_id' && !appScopes.includes(USER_ID_SCOPE)) {
    const scopes = [USER_ID_SCOPE];
    throw new Refusal(gateway.appLacksScope, { msg: withScopes(gateway.appLacksScope, scopes), permissions: { type: 'field_scope_required', scopes } });
  }
  return { write: (openId) => formatUserId(type, openId), read: (userId) => parseUserId(type, userId) ?? `?${userId}` };
}
