import type { Ctx } from '../context.ts';
import type { Tenant, User } from '../store/tables.ts';
import { findUser } from '../store/users.ts';
import type { Principal } from './access.ts';
import { DomainError } from './errors.ts';
import { personOf } from './people.ts';
import { tenantOf } from './tenants.ts';

/** The person who calls, and the tenant. @throws DomainError noPermission (an app calls for nobody), notFound */
export async function userInfo(ctx: Ctx, principal: Principal): Promise<{ user: User; tenant: Tenant }> {
  const user = await findUser(ctx.db.kysely, principal.tenantId, personOf(principal).userId);
  if (user?.anonymised_at !== null) throw new DomainError('notFound', 'the person is no longer here');
  return { user, tenant: await tenantOf(ctx, principal.tenantId) };
}
