import { describe, expect, it } from 'vitest';
import { openContext } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { bindDevice } from '../../src/domain/devices.ts';
import { jobs } from '../../src/jobs/index.ts';
import type { App } from '../../src/app.ts';
import type { Ctx } from '../../src/context.ts';
import { tester } from '../support/app.ts';
import { runCommand, runJson } from '../support/command.ts';
import { keptDirectory } from '../support/directory.ts';
import { addLevel, addReservations, addRoom, reservation } from '../support/ledger.ts';
import { execute } from '../support/process.ts';

const now = () => Math.floor(Date.now() / 1000);

async function inside<Result>(data: string, work: (ctx: Ctx) => Promise<Result>): Promise<Result> {
  const ctx = await openContext({ ...readConfig({}, {}), data });
  try {
    return await work(ctx);
  } finally {
    await ctx.db.close();
  }
}

/** A tenant with so many reservations to which nobody came, and so many requests that nobody decided. */
async function office(count = 1): Promise<string> {
  const data = keptDirectory();
  await runJson('tenant', 'create', '--name', '云杉', '--data', data);
  await inside(data, async (ctx) => {
    const { tenant_id, root_level_id } = await ctx.db.kysely.selectFrom('tenants').selectAll().executeTakeFirstOrThrow();
    const app = { ctx } as App;
    const { roomNo: room_no, roomId } = await addRoom(app, tenant_id, await addLevel(app, tenant_id, root_level_id));
    await bindDevice(ctx, tester, { tenantId: tenant_id, roomId, kind: 'qr_code', name: 'code' });
    for (let i = 0; i < count; i++) {
      const start_at = now() - 1800 - i * 7200;
      await addReservations(app, [
        reservation({ tenant_id, room_no, start_at, check_in_settled: 0 }),
        reservation({ tenant_id, room_no, start_at: start_at - 3600, accepted_at: null }),
      ]);
    }
  });
  return data;
}

/** What is in the history of reservations. */
const deeds = (data: string) =>
  inside(data, async ({ db }) => {
    const rows = await db.kysely.selectFrom('history').select(['action', 'source']).where('object_kind', '=', 'reservation').orderBy('id').execute();
    return rows.map(({ action, source }) => `${action} ${source}`);
  });

const names = jobs.map(({ name }) => name);

describe('yuding job', () => {
  it('list shows what there is, and how often', async () => {
    const { jobs: listed } = await runJson<{ jobs: { name: string; every: number; summary: string }[] }>('job', 'list', '--data', keptDirectory());
    expect(listed).toEqual(jobs.map(({ name, every, summary }) => ({ name, every, summary })));
    const { stdout, code } = await runCommand('job', 'list');
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 1 + jobs.length]);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
  });

  it.each([
    ['check-ins', ['reservation.release job']],
    ['approvals', ['reservation.reject job']],
    ['sensors', []],
    ['keys', []],
  ])('run %s does it now, once', async (name, done) => {
    const data = await office();
    expect(await runJson('job', 'run', name, '--data', data)).toEqual({ job: name, done: true });
    expect(await deeds(data)).toEqual(done);
    const { stdout } = await runCommand('job', 'run', name, '--data', data);
    expect(stdout).toMatch(/^Done: /);
    expect(await deeds(data)).toEqual(done);
  });

  it('run of an unknown one names those that there are', async () => {
    const { code, stderr, stdout } = await runCommand('job', 'run', 'nothing', '--data', await office());
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(`yuding: no job "nothing"; there are ${names.join(', ')}\n`);
  });

  it('run leaves it to another process that is at it', async () => {
    const data = await office();
    await inside(data, async ({ db }) => {
      await db.kysely
        .insertInto('jobs')
        .values({ tenant_id: 0, name: 'check-ins', held_by: 'x', held_until: Date.now() + 60_000, ran_at: 0 })
        .execute();
    });
    expect(await runJson('job', 'run', 'check-ins', '--data', data)).toEqual({ job: 'check-ins', done: false });
    expect((await runCommand('job', 'run', 'check-ins', '--data', data)).stdout).toMatch(/^Another process is at it/);
    expect(await deeds(data)).toEqual([]);
  });

  it('run by several processes at one moment does each thing once', async () => {
    const data = await office(20);
    const outcomes = await Promise.all(
      ['check-ins', 'approvals', 'check-ins', 'approvals'].map((name) => execute(['job', 'run', name, '--data', data, '--json'])),
    );
    for (const { code, stderr } of outcomes) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const found = await deeds(data);
    for (const action of ['reservation.release job', 'reservation.reject job']) expect(found.filter((deed) => deed === action)).toHaveLength(20);
    expect(found).toHaveLength(40);
  });

  it('run on a directory without a database makes none', async () => {
    const { code, stderr } = await runCommand('job', 'run', 'keys', '--data', keptDirectory());
    expect(code).toBe(1);
    expect(stderr).toMatch(/^yuding: [^\n]+\n$/);
  });
});
