import { Type } from 'typebox';
import { appAsCaller } from '../../domain/credentials.ts';
import { readApp } from '../../domain/apps.ts';
import type { Principal } from '../../domain/access.ts';
import type { Ctx } from '../../context.ts';
import { doors } from '../../wire/doors.ts';
import type { QueryOf } from '../../wire/endpoint.ts';
import { testAppMethod } from '../../wire/v1/app_test.ts';
import { resourceReservationList as ledger } from '../../wire/vc/resource_reservation_list.ts';
import { refusalOf } from '../errors.ts';
import { answer } from '../mount.ts';
import { queryParser, type Raw } from '../parse.ts';
import { Refusal } from '../refusal.ts';
import { gatewayOf, requireScope } from '../token.ts';
import { readLedger } from '../vc/resource_reservation_list.ts';

const parseQuery = queryParser(ledger.query ?? Type.Object({}), ledger.faults.param);

/** The steps of the ledger's method for an app, from whom a token would stand for to its rows; only how many there are is told. */
export const appTestHandler = answer(testAppMethod, async (ctx, { principal, origin, params, body }) => {
  const { app_id: appId } = await readApp(ctx, principal.tenantId, params.app_id);
  const log_id = origin.requestId;
  try {
    const { room_reservation_list: rows, has_more } = await callAs(ctx, await appAsCaller(ctx, principal.tenantId, appId), { ...body });
    return { answered: { log_id, status: 200, code: 0, msg: ledger.msg, rows: rows.length, has_more, fields: [], lacking: [] } };
  } catch (error) {
    const { row, extra } = refusalOf(error, ledger, doors['open-apis']);
    // A fault of ours is no answer to the question.
    if (row.http >= 500) throw error;
    const fields = (extra.fields ?? []).map(({ field, description }) => ({ field, description }));
    const lacking = [...(extra.permissions?.scopes ?? [])];
    return { answered: { log_id, status: row.http, code: Number(row.code), msg: extra.msg ?? row.msg, rows: null, has_more: false, fields, lacking } };
  }
});

/** @throws Refusal, DomainError as the method itself */
function callAs(ctx: Ctx, caller: Principal | 'unknown', raw: Raw) {
  if (caller === 'unknown') throw new Refusal(gatewayOf(ledger).invalidTenantToken);
  requireScope(ledger, caller);
  return readLedger(ctx, caller, parseQuery(raw) as QueryOf<typeof ledger>);
}
