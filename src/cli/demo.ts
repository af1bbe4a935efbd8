import type { Command } from 'commander';
import type { Ctx } from '../context.ts';
import { DomainError } from '../domain/errors.ts';
import { defaultSize, findDemo, loadDemo, type DemoAccess, type DemoCall } from '../domain/demo/load.ts';
import { showProgress } from './progress.ts';
import { instant, operator, print, wholeNumber, withCommonOptions, withContext, type CommonOptions } from './options.ts';

type Options = CommonOptions & Partial<DemoCall> & { env?: boolean };

export function addDemoCommand(program: Command): void {
  withCommonOptions(program.command('demo').description('load a demo tenant, or show the access data of the one that is there'))
    .option('--seed <number>', 'another seed, other people and reservations (default: 1)', wholeNumber('--seed', 0, 2 ** 32 - 1))
    .option('--at <time>', 'the instant the demo is up to date with: unix seconds or ISO 8601 (default: now)', instant('--at'))
    .option('--rooms <number>', `rooms (default: ${String(defaultSize.rooms)})`, wholeNumber('--rooms', 2, 100_000))
    .option('--days <number>', `days with reservations (default: ${String(defaultSize.days)})`, wholeNumber('--days', 1, 4000))
    .option('--reservations <number>', `reservations (default: ${String(defaultSize.reservations)})`, wholeNumber('--reservations', 0, 100_000_000))
    .option('--env', 'print the access data as lines for a shell')
    .action(async (options: Options) => {
      const { access, created } = await withContext(options, (ctx) => findOrLoad(ctx, options), { create: true });
      if (options.env) console.log(`APP_ID=${access.appId}\nAPP_SECRET=${access.appSecret}`);
      else print(options, { ...accessObject(access), created }, accessLines(access));
    });
}

async function findOrLoad(ctx: Ctx, options: Options): Promise<{ access: DemoAccess; created: boolean }> {
  const present = await findDemo(ctx);
  if (present) {
    refuseOtherCall(options, present.call);
    return { access: present.access, created: false };
  }
  const call = callOf(options, ctx.clock.now());
  const progress = showProgress('reservations', call.reservations);
  try {
    return { access: await loadDemo(ctx, operator, call, progress.update), created: true };
  } finally {
    progress.stop();
  }
}

/** The call that the options describe; what they leave open has its default. */
export function callOf({ seed = 1, at, rooms, days, reservations }: Partial<DemoCall>, now: number): DemoCall {
  const size = { rooms: rooms ?? defaultSize.rooms, days: days ?? defaultSize.days };
  const perRoomDay = defaultSize.reservations / (defaultSize.rooms * defaultSize.days);
  return { seed, at: at ?? now, ...size, reservations: reservations ?? Math.round(size.rooms * size.days * perRoomDay) };
}

export function accessObject(access: DemoAccess): object {
  return {
    tenant_key: access.tenantKey,
    room_level_id: access.rootLevelId,
    app_id: access.appId,
    app_secret: access.appSecret,
    administrator: access.administratorId,
    email: access.email,
    password: access.password,
    member: access.memberId,
  };
}

export function accessLines(access: DemoAccess): string[] {
  return [
    `tenant_key     ${access.tenantKey}`,
    `app_id         ${access.appId}`,
    `app_secret     ${access.appSecret}`,
    `administrator  ${access.administratorId}   (holds meeting management)`,
    `email          ${access.email}`,
    `password       ${access.password}   (the administrator's, in the browser)`,
    `member         ${access.memberId}   (does not)`,
  ];
}

function refuseOtherCall(options: Options, call: DemoCall): void {
  for (const key of ['seed', 'at', 'rooms', 'days', 'reservations'] as const) {
    if (options[key] !== undefined && options[key] !== call[key]) {
      throw new DomainError('conflict', `there is a demo tenant already, made with --${key} ${String(call[key])}: use another data directory`);
    }
  }
}
