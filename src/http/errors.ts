import type { FastifyError } from 'fastify';
import { DomainError } from '../domain/errors.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { gateway, vc } from '../wire/errors.ts';
import { Refusal } from './refusal.ts';

/**
 * The one funnel: whatever was thrown becomes a refusal.
 *
 * @param endpoint the wire method under way; undefined where the request reached none
 */
export function refusalOf(error: unknown, endpoint: Endpoint | undefined): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DomainError) {
    const row = endpoint?.faults[error.reason];
    if (row) return new Refusal(row);
  }
  const { code, statusCode } = error as Partial<FastifyError>;
  if (code?.startsWith('FST_ERR_') && statusCode !== undefined && statusCode < 500) return malformed(statusCode, partOf(code), sentenceOf(code));
  // The client went away while it was sending its body: no fault of ours, though nobody is left to read the answer.
  if (code === 'ECONNRESET' && statusCode === 400) return malformed(400, 'body', 'was cut short');
  return new Refusal(endpoint?.faults.internal ?? vc.internal);
}

/** A request that is no request: the generic row under the status that HTTP has for the case. */
export function malformed(http: number, field: string, description: string): Refusal {
  return new Refusal({ ...gateway.malformedRequest, http }, { fields: [{ field, description }] });
}

const sentences: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'is not a valid URL',
  FST_ERR_MAX_PARAM_LENGTH: 'is too long',
  FST_ERR_CTP_BODY_TOO_LARGE: 'is too large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'does not have the length that Content-Length announces',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'is not supported',
};

function partOf(code: string): string {
  if (code.includes('MEDIA_TYPE')) return 'Content-Type';
  return code.includes('URL') || code.includes('PARAM') ? 'URL' : 'body';
}

function sentenceOf(code: string): string {
  return sentences[code] ?? 'is malformed';
}
