import type { Queries } from './open.ts';

/** Ends all with which a person, or an app in their name, could act: sessions, tokens, codes and links. Passwords stay. */
export async function deleteCredentialsOf(db: Queries, tenantId: number, userId: string): Promise<void> {
  for (const table of ['sessions', 'access_tokens', 'refresh_tokens', 'authorization_codes', 'one_time_links'] as const)
    await db.deleteFrom(table).where('tenant_id', '=', tenantId).where('user_id', '=', userId).execute();
}
