import { timingSafeEqual } from 'node:crypto';
import type { Keys } from '../keys.ts';
import type { Position } from '../store/reservations.ts';

/*
 * A page token is the position behind which the next page begins, signed together with the query it belongs to. The query is
 * not in it: whoever brings the token brings the query, and with another one the signature does not fit.
 */
const POSITION_BYTES = 16;
const MAC_BYTES = 16;

/** @param query everything that decides which rows there are, in one canonical text */
export function sealPosition(keys: Keys, query: string, { startAt, id }: Position): string {
  const position = Buffer.alloc(POSITION_BYTES);
  position.writeBigInt64BE(BigInt(startAt), 0);
  position.writeBigInt64BE(BigInt(id), 8);
  return Buffer.concat([position, mac(keys, query, position)]).toString('base64url');
}

/** The position in a token; undefined when it is not ours, or belongs to another query. */
export function openPosition(keys: Keys, query: string, token: string): Position | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== POSITION_BYTES + MAC_BYTES || bytes.toString('base64url') !== token) return undefined;
  const position = bytes.subarray(0, POSITION_BYTES);
  if (!timingSafeEqual(mac(keys, query, position), bytes.subarray(POSITION_BYTES))) return undefined;
  return { startAt: Number(position.readBigInt64BE(0)), id: Number(position.readBigInt64BE(8)) };
}

function mac(keys: Keys, query: string, position: Buffer): Buffer {
  return keys.hmac('page token', Buffer.concat([position, Buffer.from(query)])).subarray(0, MAC_BYTES);
}
