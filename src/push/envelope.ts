import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** What goes out over HTTP: the body as it is signed, and the vendor's headers. */
export interface Envelope {
  body: string;
  headers: Record<string, string>;
}

/**
 * Writes an event as the vendor does. With an encrypt key the body is `{"encrypt":…}` and signed; receivers sign what
 * `JSON.stringify` makes of the body, so it has no spaces.
 *
 * Vendor page: event-subscription-guide, "将事件发送至开发者服务器" and "接收事件".
 *
 * @param atMs real time, epoch milliseconds
 */
export function envelopeOf(event: object, encryptKey: string | null, atMs: number): Envelope {
  const plain = JSON.stringify(event);
  const headers: Record<string, string> = { 'Content-Type': 'application/json;charset=utf-8' };
  if (encryptKey === null) return { body: plain, headers };
  const body = JSON.stringify({ encrypt: encrypt(plain, encryptKey) });
  const timestamp = String(Math.floor(atMs / 1000));
  const nonce = randomBytes(8).toString('hex');
  headers['X-Lark-Request-Timestamp'] = timestamp;
  headers['X-Lark-Request-Nonce'] = nonce;
  headers['X-Lark-Signature'] = createHash('sha256')
    .update(timestamp + nonce + encryptKey + body)
    .digest('hex');
  return { body, headers };
}

/** AES-256-CBC under the SHA-256 of the key, PKCS #7: base64 of the initialisation vector and the text. */
function encrypt(text: string, encryptKey: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(encryptKey).digest(), iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}
