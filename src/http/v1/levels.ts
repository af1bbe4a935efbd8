import type { Directory, LevelRow } from '../../domain/directory.ts';
import { DomainError } from '../../domain/errors.ts';
import { changeLevel, createLevel, deleteLevel, previewLevelChange, previewLevelDeletion, requireLevel } from '../../domain/levels.ts';
import { isTimeZone } from '../../domain/zones.ts';
import { changeLevelMethod, createLevelMethod, deleteLevelMethod, getLevelMethod, type Level } from '../../wire/v1/levels.ts';
import { levelIdOf } from '../level-id.ts';
import { answer } from '../mount.ts';
import { effectsOf, touchesOf } from './effects.ts';

export const levelHandlers = [
  answer(createLevelMethod, async (ctx, { principal, actor, body }) => {
    const { tenantId } = principal;
    requireTimeZone(body.time_zone);
    const parentId = levelIdOf(await ctx.directories.get(tenantId, principal.directoryVersion), body.parent_id);
    const { name, custom_id: customId, time_zone: timeZone, position } = body;
    const levelId = await createLevel(ctx, actor, { tenantId, parentId, name, customId, timeZone, position });
    return levelOf(await ctx.directories.read(tenantId), levelId);
  }),

  answer(getLevelMethod, async (ctx, { principal, params }) => {
    const directory = await ctx.directories.get(principal.tenantId, principal.directoryVersion);
    return levelOf(directory, levelIdOf(directory, params.level_id));
  }),

  answer(changeLevelMethod, async (ctx, { principal, actor, params, query, body, expected }) => {
    const { tenantId } = principal;
    requireTimeZone(body.time_zone);
    const before = await ctx.directories.get(tenantId, principal.directoryVersion);
    const { level_id: levelId, version } = requireLevel(before, levelIdOf(before, params.level_id));
    const parentId = body.parent_id === undefined ? undefined : levelIdOf(before, body.parent_id);
    const { name, custom_id: customId, time_zone: timeZone, position } = body;
    const change = { tenantId, levelId, version, expected, parentId, name, customId, timeZone, position };
    const touches = query.dry_run ? await previewLevelChange(ctx, change) : null;
    if (!query.dry_run) await changeLevel(ctx, actor, change);
    return { ...levelOf(await ctx.directories.read(tenantId), levelId), touches: touchesOf(touches) };
  }),

  answer(deleteLevelMethod, async (ctx, { principal, actor, params, query, expected }) => {
    const { tenantId } = principal;
    const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
    const { level_id: levelId, version } = requireLevel(directory, levelIdOf(directory, params.level_id));
    const deletion = { tenantId, levelId, version, expected, withChildren: query.delete_children };
    const effects = query.dry_run ? await previewLevelDeletion(ctx, deletion) : await deleteLevel(ctx, actor, deletion);
    return { effects: effectsOf(directory, effects) };
  }),
];

/** @throws DomainError notFound */
function levelOf(directory: Directory, levelId: string): Level {
  const level: LevelRow = requireLevel(directory, levelId);
  return {
    id: level.level_id,
    name: level.name,
    parent_id: level.parent_id,
    path: directory.path(levelId).slice(0, -1),
    has_children: directory.children(levelId).length > 0,
    time_zone: level.time_zone,
    effective_time_zone: directory.zoneOf(levelId),
    custom_id: level.custom_group_id,
    position: level.position,
    version: level.version,
  };
}

function requireTimeZone(zone: string | null | undefined): void {
  if (typeof zone === 'string' && !isTimeZone(zone))
    throw new DomainError('param', `"${zone}" is no IANA time zone; one looks like Asia/Shanghai`, 'time_zone');
}
