import type { Ctx } from '../context.ts';
import type { Actor } from '../store/history.ts';
import type { App, DeviceKind } from '../store/tables.ts';
import type { Directory } from './directory.ts';
import { DomainError } from './errors.ts';
import { effectiveSetting, isAmong } from './policy.ts';

/** A device at a room, signed in with its own credential. */
export interface SignedInDevice {
  id: string;
  kind: DeviceKind;
  roomNo: number;
}

/** What a person may do in the browser, as far as scopes go: all that is ours. */
export const BROWSER_SCOPES = ['yuding:read', 'yuding:book', 'yuding:admin'] as const;

/** Who is calling: an app for its tenant, a person by an app or by the browser, or a device for its room. */
export interface Principal {
  kind: 'tenant' | 'user' | 'device';
  tenantId: number;
  /** The app; of a device, its id; of a session, `browser`. */
  appId: string;
  /** The person, for a user token. */
  userId: string | null;
  /** Of the person, or else of the app. */
  name: string;
  /** The person's department: its id, and its name, or empty. */
  departmentId: string | null;
  department: string;
  appScopes: readonly string[];
  /** What the person granted; empty for a tenant token. */
  grantedScopes: readonly string[];
  /** The app's creator (tenant token) or the person (user token) holds the meeting-management permission. */
  managesMeetings: boolean;
  /** The same of the tenant administrator's role. */
  isAdministrator: boolean;
  device: SignedInDevice | null;
  /** Hash of the browser's session, when that is how the person came; then `appId` is `browser`. */
  session: string | null;
  directoryVersion: number;
}

/** @throws DomainError noPermission when neither the person nor, for a tenant token, the app's creator manages meetings */
export function requireMeetingManagement(principal: Principal): void {
  if (!principal.managesMeetings) throw new DomainError('noPermission', 'the meeting-management permission is missing');
}

/** @throws DomainError noPermission when neither the person nor, for a tenant token, the app's creator administers the tenant */
export function requireAdministrator(principal: Principal): void {
  if (!principal.isAdministrator) throw new DomainError('noPermission', 'only an administrator of the tenant may do this');
}

/** Whether a caller may use a scope: it is the app's and, where a person calls by it, granted by them. */
export function holdsScope({ kind, appScopes, grantedScopes }: Principal, scope: string): boolean {
  return appScopes.includes(scope) && (kind !== 'user' || grantedScopes.includes(scope));
}

/** Whether a caller administers the tenant and may do so here. */
export function actsAsAdministrator(principal: Principal): boolean {
  return principal.isAdministrator && holdsScope(principal, 'yuding:admin');
}

/** Who stands in the history for what a caller changes, and how the change came. */
export function actorOf({ userId, appId, name }: Principal, request: Pick<Actor, 'source' | 'address' | 'requestId'>): Actor {
  return { id: userId ?? appId, name, via: appId, ...request };
}

/** The same of an app that has shown its secret. */
export function appActor({ app_id, name }: Pick<App, 'app_id' | 'name'>, request: Pick<Actor, 'source' | 'address' | 'requestId'>): Actor {
  return { id: app_id, name, via: app_id, ...request };
}

/** Whether a caller administers the reservations of a room: the tenant's administrator, or one that its settings name. */
export function administers(directory: Directory, principal: Principal, { room_id }: { room_id: string }): boolean {
  if (principal.device) return false;
  if (principal.isAdministrator && (principal.kind === 'user' || principal.appScopes.includes('yuding:admin'))) return true;
  const { userId, departmentId } = principal;
  return userId !== null && isAmong(directory, effectiveSetting(directory, room_id, 'administrators').value, { userId, departmentId });
}

/** Whether a caller administers the reservations of all those rooms. */
export async function administersRooms(ctx: Ctx, principal: Principal, roomIds: readonly string[]): Promise<boolean> {
  const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
  return roomIds.every((room_id) => administers(directory, principal, { room_id }));
}
