import { createHash } from 'node:crypto';
import type { Ctx } from '../context.ts';
import { claimKey, findKey } from '../store/idempotency.ts';
import type { Queries } from '../store/open.ts';
import { DomainError } from './errors.ts';

/** A request that may be sent again: whoever sends the same gets the same answer. */
export interface Idempotency {
  scope: string;
  key: string;
  /** The request in one canonical text. */
  request: string;
}

/** Remembers a request. @returns what the first one made, when this is not the first @throws DomainError keyReused for another request under the same key */
export async function claim(ctx: Ctx, tx: Queries, tenantId: number, { scope, key, request }: Idempotency, objectId: string): Promise<string | undefined> {
  const hash = createHash('sha256').update(request).digest('hex');
  const row = { tenant_id: tenantId, scope, key, request_hash: hash, object_id: objectId, created_at: Math.floor(ctx.clock.realMs() / 1000) };
  if (await claimKey(tx, row)) return undefined;
  const before = await findKey(tx, tenantId, scope, key);
  if (before?.request_hash !== hash) throw new DomainError('keyReused', 'was used for another request', 'idempotency_key');
  return before.object_id;
}
