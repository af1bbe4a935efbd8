import { createReadStream } from 'node:fs';
import { Argument, Option, type Command } from 'commander';
import { decodeCsv, encodings, importKinds, runImport, type Encoding, type ImportKind, type Report, type Values } from '../domain/imports/index.ts';
import { DomainError } from '../domain/errors.ts';
import { MOST_LISTED } from '../wire/v1/imports.ts';
import { operator, print, resolveTenant, UsageError, withCommonOptions, withContext, type CommonOptions } from './options.ts';
import { showProgress, type Progress } from './progress.ts';

/** Bytes of a file. */
const MOST_BYTES = 64 << 20;

export function addImportCommand(program: Command): void {
  withCommonOptions(
    program
      .command('import')
      .description('bring in people, rooms or levels from a CSV file; all of it, or nothing')
      .addArgument(new Argument('<kind>', 'what the file has').choices(importKinds))
      .argument('<file>', '- reads from standard input'),
  )
    .option('--dry-run', 'only say what would happen')
    .addOption(new Option('--encoding <encoding>', 'of the file (default: found out)').choices(encodings))
    .option('--tenant <key>', 'tenant; needed when there are several')
    .action(async (kind: ImportKind, file: string, options: CommonOptions & { dryRun?: boolean; encoding?: Encoding; tenant?: string }) => {
      const csv = decodeCsv(await bytesOf(file), options.encoding);
      const dryRun = options.dryRun ?? false;
      let bar: Progress | undefined;
      const onProgress = (done: number, total: number) => {
        bar ??= showProgress(`import ${kind}`, total);
        bar.update(done);
      };
      const { report, applied } = await withContext(options, async (ctx) => {
        const { tenant_id: tenantId } = await resolveTenant(ctx, options.tenant);
        return runImport(ctx, operator, { tenantId, kind, csv, dryRun, onProgress });
      }).finally(() => bar?.stop());
      const { rows, created, changed, unchanged, differences, rejected } = report;
      print(options, { kind, dry_run: dryRun, applied, rows, created, changed, unchanged, differences, rejected }, linesOf(report, dryRun));
      if (!report.isClean) throw new DomainError('param', `nothing was imported: ${String(rejected.length)} faults in the file`);
    });
}

async function bytesOf(file: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of file === '-' ? process.stdin : createReadStream(file)) {
    parts.push(part as Buffer);
    if ((size += (part as Buffer).length) > MOST_BYTES) throw new UsageError(`${file} has more than ${String(MOST_BYTES >> 20)} MB`);
  }
  return Buffer.concat(parts);
}

function linesOf({ rows, created, changed, unchanged, differences, rejected }: Report, dryRun: boolean): string[] {
  const lines = differences.slice(0, MOST_LISTED).map(({ line, action, object, name, before, after }) => {
    const fields = Object.entries(after).map(([field, value]) => `${field}: ${before ? `${text(before[field])} -> ` : ''}${text(value)}`);
    return `line ${String(line)}: ${action} ${object} ${text(name)} (${fields.join(', ')})`;
  });
  if (differences.length > MOST_LISTED) lines.push(`… and ${String(differences.length - MOST_LISTED)} more`);
  for (const { line, field, reason } of rejected.slice(0, MOST_LISTED))
    lines.push(`line ${String(line)}: rejected: ${field === '' ? '' : `${text(field)}: `}${reason}`);
  if (rejected.length > MOST_LISTED) lines.push(`… and ${String(rejected.length - MOST_LISTED)} more`);
  const verb = dryRun ? 'would be ' : '';
  return [
    ...lines,
    `${String(rows)} rows: ${String(created)} ${verb}created, ${String(changed)} ${verb}changed, ${String(unchanged)} as they are, ${String(rejected.length)} faults.`,
  ];
}

/** What stands in a file goes to a terminal without its line ends and control characters. */
function text(value: Values[string] | undefined): string {
  return (typeof value === 'object' ? (value ?? []).join('; ') : String(value ?? '')).replace(/\p{Cc}+/gu, ' ');
}
