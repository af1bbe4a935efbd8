import { createHash } from 'node:crypto';

/** Secrets are random and long, so one round of SHA-256 is enough: there is nothing to guess. */
export function hashSecret(secret: string | Buffer): string {
  return createHash('sha256').update(secret).digest('hex');
}
