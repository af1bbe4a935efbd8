import type { Endpoint } from '../wire/endpoint.ts';
import { Refusal } from './refusal.ts';

/** The tag of an answer that carries its object's version; undefined for any other. */
export function formatTag(answer: unknown): string | undefined {
  const version = (answer as { version?: unknown } | null)?.version;
  return typeof version === 'number' ? `"${String(version)}"` : undefined;
}

/** The version that an `If-Match` header names; undefined without one, or for `*`. @throws Refusal for a tag that no answer ever had */
export function ifMatchVersion({ faults }: Endpoint, header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const version = /^\s*"(\d{1,15})"\s*$/.exec(header)?.[1];
  if (version === undefined) throw new Refusal(faults.stale ?? faults.param, { fields: [{ field: 'If-Match', description: 'must be the ETag of an answer' }] });
  return Number(version);
}
