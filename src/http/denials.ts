import type { FastifyRequest } from 'fastify';
import type { Ctx } from '../context.ts';
import { actorOf } from '../domain/access.ts';
import { noteDenial } from '../domain/denials.ts';
import { DomainError } from '../domain/errors.ts';
import { doors } from '../wire/doors.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { originOf } from './origin.ts';
import { Refusal } from './refusal.ts';

/**
 * Writes down a refusal of what would have changed or administered something: for a scope, a role or a permission that the caller
 * lacks. Refused looks are not written down, but those at what only administrators see.
 */
export async function noteIfDenied(ctx: Ctx, endpoint: Endpoint, request: FastifyRequest, error: unknown): Promise<void> {
  const { principal } = request;
  if (!principal || (endpoint.method === 'GET' && endpoint.role === undefined) || !isDenial(endpoint, error)) return;
  const actor = actorOf(principal, originOf(endpoint.door, request));
  await noteDenial(ctx, { tenantId: principal.tenantId, actor, action: endpoint.id, object: objectOf(endpoint, request.params) });
}

function isDenial({ door }: Endpoint, error: unknown): boolean {
  if (error instanceof DomainError) return error.reason === 'noPermission' || error.reason === 'noCalendarAccess';
  const { appLacksScope, userLacksScope } = doors[door].gateway;
  return error instanceof Refusal && (error.row === appLacksScope || error.row === userLacksScope);
}

const LONGEST_ID = 100;

/** What the path names: the last of its parameters. Nothing of the query or the body, where anything could stand. */
function objectOf({ id }: Endpoint, params: unknown): { kind: string; id: string } {
  const [name, value] = Object.entries(params as Record<string, string>).at(-1) ?? [];
  return name === undefined ? { kind: 'method', id } : { kind: name.replace(/_id$/, ''), id: (value ?? '').slice(0, LONGEST_ID).replaceAll('\u0000', '') };
}
