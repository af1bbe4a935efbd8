import { auditPage, type AuditPosition } from '../../domain/audit.ts';
import type { HistoryRow } from '../../store/history.ts';
import { auditMethod, type AuditRow } from '../../wire/v1/audit.ts';
import { formatInstant, parseInstant } from '../../wire/v1/instants.ts';
import { answer } from '../mount.ts';
import { positionOf, sealPosition } from '../page-token.ts';

export const auditHandler = answer(auditMethod, async (ctx, { principal: { tenantId }, query }) => {
  const { limit, cursor, from, to, actor, action, object_kind, object_id, denied } = query;
  const walk = JSON.stringify([auditMethod.id, tenantId, from, to, actor, action, object_kind, object_id, denied]);
  const position = positionOf(ctx.keys, walk, cursor, auditMethod.faults.param, 'cursor');
  const after = position === undefined ? undefined : (JSON.parse(position) as AuditPosition);
  const period = { from: from === undefined ? undefined : parseInstant(from), to: to === undefined ? undefined : parseInstant(to) };
  const asked = { tenantId, ...period, actorId: actor, action, objectKind: object_kind, objectId: object_id, denied };
  const { rows, next } = await auditPage(ctx, asked, { after, limit });
  return { rows: rows.map(auditRowOf), next_cursor: next ? sealPosition(ctx.keys, walk, JSON.stringify(next)) : null };
});

function auditRowOf(row: HistoryRow): AuditRow {
  return {
    id: row.id,
    at: formatInstant(row.at),
    actor: { id: row.actor_id, name: row.actor_name },
    via: row.via,
    source: row.source,
    address: row.address,
    request_id: row.request_id,
    action: row.action,
    object: { kind: row.object_kind, id: row.object_id },
    before: stateOf(row.state_before),
    after: stateOf(row.state_after),
    denied: row.denied === 1,
  };
}

function stateOf(text: string | null): Record<string, unknown> | null {
  return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
}
