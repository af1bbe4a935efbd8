/** A name for a request, so that it is done once however often it is sent. `randomUUID` is not there on plain http. */
export function requestKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
