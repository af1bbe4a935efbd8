import { packSecret } from './identifiers.ts';

/** Paths of the pages to which one-time links lead, and of the one where people sign in. */
export const pagePaths = { signIn: '/sign-in', setUp: '/set-up', password: '/password' } as const;

/** The secret of a link, and the tenant it belongs to. */
interface LinkSecret {
  tenantId: number;
  secret: Buffer;
}

/** @param origin where people reach the server, without a slash at its end */
export function setUpLink(origin: string, { tenantId, secret }: LinkSecret): string {
  return `${origin}${pagePaths.setUp}?link=${packSecret(tenantId, secret)}`;
}

/** To the page of a room, with the code of its door. @param origin where people reach the server, without a slash at its end */
export function roomLink(origin: string, roomId: string, { tenantId, secret }: LinkSecret): string {
  return `${origin}/rooms/${roomId}?code=${packSecret(tenantId, secret)}`;
}

/** @param origin where people reach the server, without a slash at its end */
export function passwordLink(origin: string, { tenantId, secret }: LinkSecret): string {
  return `${origin}${pagePaths.password}?link=${packSecret(tenantId, secret)}`;
}
