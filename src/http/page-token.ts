import { timingSafeEqual } from 'node:crypto';
import type { Keys } from '../keys.ts';
import type { WireError } from '../wire/errors.ts';
import { Refusal } from './refusal.ts';

/*
 * A page token is the position behind which the next page begins, signed together with the query it belongs to. The query is
 * not in it: whoever brings the token brings the query, and with another one the signature does not fit.
 */
const MAC_BYTES = 16;

/**
 * @param query everything that decides which rows there are, in one canonical text
 * @param position where the page ended, in a text that its list understands
 */
export function sealPosition(keys: Keys, query: string, position: string): string {
  const bytes = Buffer.from(position);
  return Buffer.concat([mac(keys, query, bytes), bytes]).toString('base64url');
}

/** The position in the token of a request; undefined where there is none. @throws Refusal when it is not ours, or belongs to another query */
export function positionOf(keys: Keys, query: string, token: string | undefined, fault: WireError, field = 'page_token'): string | undefined {
  if (!token) return undefined;
  const position = openPosition(keys, query, token);
  if (position === undefined) throw new Refusal(fault, { fields: [{ field, description: 'is not a token of this query' }] });
  return position;
}

function openPosition(keys: Keys, query: string, token: string): string | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== token) return undefined;
  const position = bytes.subarray(MAC_BYTES);
  return timingSafeEqual(mac(keys, query, position), bytes.subarray(0, MAC_BYTES)) ? position.toString() : undefined;
}

function mac(keys: Keys, query: string, position: Buffer): Buffer {
  return keys.hmac('page token', Buffer.concat([position, Buffer.from(`\n${query}`)])).subarray(0, MAC_BYTES);
}
