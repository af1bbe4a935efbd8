import { LEVEL_ID_MARK, TENANT_LEVEL } from '../../wire/identifiers.ts';
import { parseInstant } from '../../wire/v1/instants.ts';
import { ledgerMethod } from '../../wire/v1/ledger.ts';
import { ledgerFields, ledgerPageOf } from '../ledger-page.ts';
import { answer } from '../mount.ts';

export const ledgerHandler = answer(ledgerMethod, async (ctx, { principal, query }) => {
  const { from, to, window, level = '', room, exclude, topics, limit, cursor } = query;
  const { entries, next } = await ledgerPageOf(ctx, principal, {
    from: parseInstant(from),
    to: parseInstant(to),
    window,
    levelId: level,
    roomIds: room,
    exclude,
    limit,
    token: cursor,
    tokenField: 'cursor',
    fault: ledgerMethod.faults.param,
  });
  const rows = entries.map((entry) => ({ id: String(entry.row.id), fields: ledgerFields(entry, topics) }));
  const namesTheTenant = level === '' || level === TENANT_LEVEL;
  return { rows, fell_back: !namesTheTenant && !level.startsWith(LEVEL_ID_MARK), next_cursor: next ?? null };
});
