import { runImport, type Report } from '../../domain/imports/index.ts';
import { MOST_LISTED, runImportMethod, type ImportReport } from '../../wire/v1/imports.ts';
import { answer } from '../mount.ts';

export const importHandlers = [
  answer(runImportMethod, async (ctx, { principal, actor, body }) => {
    const { kind, csv, dry_run: dryRun = false } = body;
    const { report, applied } = await runImport(ctx, actor, { tenantId: principal.tenantId, kind, csv, dryRun });
    return reportOf(kind, dryRun, applied, report);
  }),
];

function reportOf(kind: string, dryRun: boolean, applied: boolean, { rows, created, changed, unchanged, differences, rejected }: Report): ImportReport {
  return {
    kind,
    dry_run: dryRun,
    applied,
    rows,
    created,
    changed,
    unchanged,
    differences: differences.slice(0, MOST_LISTED),
    more_differences: Math.max(differences.length - MOST_LISTED, 0),
    rejected: rejected.slice(0, MOST_LISTED),
    more_rejected: Math.max(rejected.length - MOST_LISTED, 0),
  };
}
