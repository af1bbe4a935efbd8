import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Ctx } from '../context.ts';
import { failure, JSON_TYPE, LOG_ID_HEADER } from '../wire/envelope.ts';
import { malformed } from './errors.ts';
import type { Refusal } from './refusal.ts';

/** Bytes that the URL and the headers of a request may have together. */
export const HEADER_LIMIT = 16 << 10;

/** What Node's parser could not make a request of. */
export function answerBrokenRequest(ctx: Ctx, id: string, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = brokenRequest(error.code);
  const body = failure(refusal.row, id, refusal.extra);
  const head = [
    `HTTP/1.1 ${String(refusal.row.http)} ${STATUS_TEXT[refusal.row.http] ?? 'Bad Request'}`,
    `${LOG_ID_HEADER}: ${id}`,
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  ctx.log.info({ log_id: id, status: refusal.row.http, cause: error.code }, 'broken request');
}

const STATUS_TEXT: Readonly<Record<number, string>> = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' };

function brokenRequest(code: string | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return malformed(408, 'request', 'took too long to arrive');
  if (code === 'HPE_HEADER_OVERFLOW') return malformed(431, 'headers', `must not exceed ${String(HEADER_LIMIT)} bytes, the URL included`);
  return malformed(400, 'request', 'is not valid HTTP');
}

/** An `Expect` header that asks for more than `100-continue`. */
export function answerUnexpected(ctx: Ctx, id: string, response: ServerResponse): void {
  const refusal = malformed(417, 'Expect', 'is not supported');
  const body = failure(refusal.row, id, refusal.extra);
  response.setHeader(LOG_ID_HEADER, id);
  response.writeHead(refusal.row.http, { 'Content-Type': JSON_TYPE, 'Content-Length': Buffer.byteLength(body), Connection: 'close' });
  response.end(body);
  ctx.log.info({ log_id: id, status: refusal.row.http, cause: 'Expect' }, 'broken request');
}
