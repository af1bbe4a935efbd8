import type { Ctx } from '../context.ts';
import { findUser } from '../store/users.ts';
import type { Principal } from './access.ts';
import { DomainError } from './errors.ts';

/** A person, as far as rules ask about one. */
export interface Person {
  userId: string;
  departmentId: string | null;
}

/** The person behind a call. @throws DomainError noPermission when an app calls for nobody */
export async function findPerson(ctx: Ctx, { tenantId, userId }: Principal): Promise<Person> {
  const user = userId === null ? undefined : await findUser(ctx.db.kysely, tenantId, userId);
  if (!user) throw new DomainError('noPermission', 'only a person may do this');
  return { userId: user.user_id, departmentId: user.department_id };
}
