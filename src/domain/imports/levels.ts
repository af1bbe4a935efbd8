import type { Ctx } from '../../context.ts';
import type { Change } from '../../store/history.ts';
import { insertLevels, updateLevel } from '../../store/levels.ts';
import type { Queries } from '../../store/open.ts';
import { requireUnchanged } from '../change.ts';
import type { LevelRow } from '../directory.ts';
import { requireDepth, requireFreeName, requireLevel } from '../levels.ts';
import { isTimeZone } from '../zones.ts';
import { partsOf, readRows, type Column } from './csv.ts';
import type { Base, Plan } from './index.ts';
import { Lines, type Report, type Values } from './report.ts';

const columns = {
  path: { headers: ['path', 'level', '路径', '层级', '层级路径'], most: 5000, required: true },
  custom_id: { headers: ['custom_id', '自定义id', '自定义_id'], most: 255 },
  time_zone: { headers: ['time_zone', 'timezone', '时区'], most: 100 },
} satisfies Record<string, Column>;

/** What an import of levels would do. Levels on the way to one are made too. */
export function planLevels(ctx: Ctx, _db: Queries, { tenantId, directory, version }: Base, text: string, report: Report): Promise<Plan> {
  const tree = directory.copy();
  const paths = new Lines();
  const made: LevelRow[] = [];
  const changed: { row: LevelRow; before: LevelRow }[] = [];
  const changes: Omit<Change, 'tenantId' | 'at' | 'actor'>[] = [];

  const make = (line: number, parent_id: string, name: string, own: Partial<LevelRow>): LevelRow | undefined =>
    report.guard(line, { name: 'path', parent: 'path' }, () => {
      requireDepth(tree, parent_id, 1);
      requireFreeName(tree, parent_id, name);
      const row: LevelRow = {
        level_id: ctx.ids.level(),
        parent_id,
        name,
        time_zone: null,
        custom_group_id: '',
        position: 0,
        version: 1,
        deleted_at: null,
        ...own,
      };
      tree.putLevel(row);
      made.push(row);
      const { level_id: id, version: _version, deleted_at: _deleted, ...after } = row;
      changes.push({ action: 'level.create', object: { kind: 'level', id }, after });
      return row;
    });

  for (const { line, cells, bad } of readRows(text, columns, report)) {
    const faults = report.rejected.length;
    const parts = cells.path === undefined ? undefined : partsOf(cells.path);
    if (!parts && !bad.has('path')) report.reject(line, 'path', 'must be names with slashes between them, such as 北京/3层');
    const path = parts?.join('/') ?? '';
    const same = parts && paths.seen(path, line);
    if (same !== undefined) report.reject(line, 'path', `also stands on line ${String(same)}`);
    if (cells.time_zone !== undefined && !isTimeZone(cells.time_zone)) report.reject(line, 'time_zone', 'is no IANA time zone; one looks like Asia/Shanghai');
    if (!parts || bad.size > 0 || report.rejected.length > faults) continue;

    const own = {
      ...(cells.custom_id === undefined ? {} : { custom_group_id: cells.custom_id }),
      ...(cells.time_zone === undefined ? {} : { time_zone: cells.time_zone }),
    };
    let level: LevelRow | undefined = requireLevel(tree, tree.rootLevelId);
    for (const [i, name] of parts.entries()) {
      if (!level) break;
      const isLast = i === parts.length - 1;
      const levelId: string | undefined = tree.levelNamed(level.level_id, name);
      const before: LevelRow | undefined = levelId === undefined ? undefined : requireLevel(tree, levelId);
      level = before ?? make(line, level.level_id, name, isLast ? own : {});
      if (!level) continue;
      const whole = parts.slice(0, i + 1).join('/');
      if (!before && isLast) report.create(line, 'level', whole, valuesOf(level));
      else if (!before) report.add({ line, action: 'create', object: 'level', name: whole, before: null, after: valuesOf(level) });
      else if (isLast) {
        const row = { ...before, ...own };
        if (!report.change(line, 'level', whole, valuesOf(before), valuesOf(row))) continue;
        const ofFile = made.indexOf(before);
        const after = { custom_group_id: row.custom_group_id, time_zone: row.time_zone };
        tree.putLevel(row);
        // A level that an earlier row made on its way is made as this row wants it.
        if (ofFile >= 0) made[ofFile] = row;
        else changed.push({ row, before });
        const was = { custom_group_id: before.custom_group_id, time_zone: before.time_zone };
        changes.push({ action: 'level.change', object: { kind: 'level', id: row.level_id }, before: was, after });
      }
    }
  }
  return Promise.resolve({
    changes,
    write: async (tx) => {
      await insertLevels(
        tx,
        made.map((row) => ({ ...row, tenant_id: tenantId, changed_in: version })),
      );
      for (const { row, before } of changed) {
        const change = { custom_group_id: row.custom_group_id, time_zone: row.time_zone, changed_in: version };
        requireUnchanged(await updateLevel(tx, { tenantId, levelId: row.level_id, version: before.version }, change));
      }
    },
  });
}

function valuesOf({ custom_group_id, time_zone }: LevelRow): Values {
  return { custom_id: custom_group_id, time_zone: time_zone ?? '' };
}
