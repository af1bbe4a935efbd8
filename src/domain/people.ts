import type { Ctx } from '../context.ts';
import { findApp } from '../store/apps.ts';
import type { Queries } from '../store/open.ts';
import { departmentName } from '../store/departments.ts';
import { findUser } from '../store/users.ts';
import type { Principal } from './access.ts';
import { DomainError } from './errors.ts';

/** A person, as far as rules ask about one. */
export interface Person {
  userId: string;
  departmentId: string | null;
}

/** Who reserves, as the ledger remembers it. */
export interface Reserver {
  /** `ou_` of a person, `cli_` of an app; empty for whoever stood at the door. */
  id: string;
  name: string;
  department: string;
  /** Null: an app or a device. */
  person: Person | null;
}

/** The person behind a call. @throws DomainError noPermission when an app calls for nobody */
export function personOf({ userId, departmentId }: Principal): Person {
  if (userId === null) throw new DomainError('noPermission', 'only a person may do this');
  return { userId, departmentId };
}

/** Whoever calls, as one who reserves: a person, an app, or somebody at the door. */
export function reserverOf({ userId, departmentId, department, appId, name, device }: Principal): Reserver {
  if (device) return { id: '', name, department: '', person: null };
  if (userId === null) return { id: appId, name, department: '', person: null };
  return { id: userId, name, department, person: { userId, departmentId } };
}

/** @throws DomainError unknownUser */
export async function personAsReserver(db: Queries, tenantId: number, userId: string): Promise<Reserver> {
  const user = await findUser(db, tenantId, userId);
  if (!user) throw new DomainError('unknownUser', `no user ${userId}`);
  const department = user.department_id === null ? '' : await departmentName(db, tenantId, user.department_id);
  return { id: userId, name: user.name, department, person: { userId, departmentId: user.department_id } };
}

/** The reserver of a reservation that is there, with the person behind it as they are now. */
export async function reserverAgain(
  db: Queries,
  tenantId: number,
  { reserver_id, reserver_name, reserver_department }: { reserver_id: string; reserver_name: string; reserver_department: string },
): Promise<Reserver> {
  const user = reserver_id.startsWith('ou_') ? await findUser(db, tenantId, reserver_id) : undefined;
  const person = user ? { userId: user.user_id, departmentId: user.department_id } : null;
  return { id: reserver_id, name: reserver_name, department: reserver_department, person };
}

/** Whether somebody of that id, a person or an app, is in the tenant. */
export async function isKnownOwner(ctx: Ctx, tenantId: number, ownerId: string): Promise<boolean> {
  const find = ownerId.startsWith('ou_') ? findUser : findApp;
  return (await find(ctx.db.kysely, tenantId, ownerId)) !== undefined;
}
