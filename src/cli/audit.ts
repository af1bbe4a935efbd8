import { once } from 'node:events';
import { Option, type Command } from 'commander';
import { auditRows } from '../domain/audit.ts';
import type { HistoryRow } from '../store/history.ts';
import { formatInstant } from '../wire/v1/instants.ts';
import { csvLine } from './csv.ts';
import { instant, resolveTenant, withCommonOptions, withContext, type CommonOptions } from './options.ts';

const COLUMNS = [
  'id',
  'time',
  'actor_id',
  'actor_name',
  'via',
  'source',
  'address',
  'request_id',
  'action',
  'object_kind',
  'object_id',
  'before',
  'after',
  'denied',
];

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('who changed what, and what was refused');

  withCommonOptions(audit.command('export').description('write the audit to standard output, oldest first'))
    .option('--from <time>', 'not earlier (unix seconds, or 2026-11-22T08:00:00+08:00)', instant('--from'))
    .option('--to <time>', 'earlier than this', instant('--to'))
    .addOption(new Option('--format <format>', 'CSV, or JSON Lines').choices(['csv', 'jsonl']).default('csv'))
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (options: CommonOptions & { from?: number; to?: number; format: 'csv' | 'jsonl'; tenant?: string }) => {
      const format = options.json ? 'jsonl' : options.format;
      await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        if (format === 'csv') await write(csvLine(COLUMNS));
        for await (const row of auditRows(ctx, { tenantId, from: options.from, to: options.to })) {
          await write(format === 'csv' ? csvLine(fieldsOf(row)) : `${JSON.stringify(objectOf(row))}\n`);
        }
      });
    });
}

/** Waits where the reader is slower, so that nothing piles up. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

function fieldsOf(row: HistoryRow): (string | number | null)[] {
  const { id, actor_id, actor_name, via, source, address, request_id, action, object_kind, object_id, state_before, state_after, denied } = row;
  return [id, formatInstant(row.at), actor_id, actor_name, via, source, address, request_id, action, object_kind, object_id, state_before, state_after, denied];
}

function objectOf(row: HistoryRow): Record<string, unknown> {
  const states = [row.state_before, row.state_after].map((state) => (state === null ? null : (JSON.parse(state) as unknown)));
  const named = Object.fromEntries(COLUMNS.map((column, i) => [column, fieldsOf(row)[i]]));
  return { ...named, before: states[0], after: states[1], denied: row.denied === 1 };
}
