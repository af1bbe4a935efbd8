import { listGrants, withdrawGrant } from '../../domain/grants.ts';
import { personOf } from '../../domain/people.ts';
import { words } from '../../domain/words.ts';
import { listGrantsMethod, withdrawGrantMethod } from '../../wire/v1/grants.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { answer } from '../mount.ts';

export const grantHandlers = [
  answer(listGrantsMethod, async (ctx, { principal }) => {
    const grants = await listGrants(ctx, principal.tenantId, personOf(principal).userId);
    return {
      grants: grants.map(({ app_id, app_name, scopes, granted_at }) => ({ app_id, name: app_name, scopes: words(scopes), granted: formatInstant(granted_at) })),
    };
  }),

  answer(withdrawGrantMethod, async (ctx, { principal, actor, params }) => {
    await withdrawGrant(ctx, actor, { tenantId: principal.tenantId, userId: personOf(principal).userId, appId: params.app_id });
    return {};
  }),
];
