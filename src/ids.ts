import { createHash, randomBytes } from 'node:crypto';
import { formatAppId, formatTenantKey, prefixes } from './wire/identifiers.ts';

/** Makes identifiers and secrets, in the forms that the wire asks for. */
export interface Ids {
  /** The number of a tenant: 1 to 2^32 - 1. */
  tenant(): number;
  tenantKey(tenantId: number): string;
  user(): string;
  department(): string;
  level(): string;
  room(): string;
  device(): string;
  event(): string;
  app(tenantId: number): string;
  /** 32 letters and digits, 190 bits; made of `bytes` (32 of them) where a secret must come out the same again. */
  secret(bytes?: Buffer): string;
  /** 32 bytes. */
  tokenSecret(): Buffer;
  /** Ids that depend on nothing but the seed. Never for secrets. */
  seeded(seed: string): Ids;
}

/** @param random source of bytes, at most 32 at a time */
export function createIds(random: (size: number) => Buffer = randomBytes): Ids {
  const hex = (bytes: number) => random(bytes).toString('hex');
  const number = () => random(4).readUInt32BE(0);
  return {
    tenant: () => number() || 1,
    tenantKey: (tenantId) => formatTenantKey(tenantId, number()),
    user: () => prefixes.user + hex(16),
    department: () => prefixes.department + hex(16),
    level: () => prefixes.level + hex(16),
    room: () => prefixes.room + hex(16),
    device: () => hex(16),
    event: () => hex(16),
    app: (tenantId) => formatAppId(tenantId, number()),
    secret: (bytes = random(32)) => Array.from(bytes, (byte) => SYMBOLS[byte % SYMBOLS.length]).join(''),
    tokenSecret: () => random(32),
    seeded: (seed) => createIds(seededBytes(seed)),
  };
}

const SYMBOLS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789abcdefg';

function seededBytes(seed: string): (size: number) => Buffer {
  let count = 0;
  return (size) =>
    createHash('sha256')
      .update(`${seed} ${String(count++)}`)
      .digest()
      .subarray(0, size);
}
