import { describe, expect, it } from 'vitest';
import { openContext } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLevel } from '../../src/domain/levels.ts';
import { createRoom } from '../../src/domain/rooms.ts';
import { parseToken } from '../../src/wire/identifiers.ts';
import { tester } from '../support/app.ts';
import { runCommand, runJson } from '../support/command.ts';
import { keptDirectory } from '../support/directory.ts';

interface Bound {
  device_id: string;
  credential: string;
}
interface Listed {
  devices: { device_id: string; room_id: string }[];
}

/** A tenant with two rooms; no command makes rooms. */
async function office(data = keptDirectory(), name = '云杉') {
  const { tenant_key } = await runJson<{ tenant_key: string }>('tenant', 'create', '--name', name, '--data', data);
  const ctx = await openContext({ ...readConfig({}, {}), data });
  const tenant = await ctx.db.kysely.selectFrom('tenants').selectAll().where('tenant_key', '=', tenant_key).executeTakeFirstOrThrow();
  const { tenant_id: tenantId, root_level_id: parentId } = tenant;
  const levelId = await createLevel(ctx, tester, { tenantId, parentId, name: 'Floor' });
  const { roomId: first } = await createRoom(ctx, tester, { tenantId, levelId, name: 'Oak', capacity: 6 });
  const { roomId: second } = await createRoom(ctx, tester, { tenantId, levelId, name: 'Elm', capacity: 6 });
  await ctx.db.close();
  return { data, place: ['--data', data], tenantKey: tenant_key, tenantId, first, second };
}

const device = (room: string, kind = 'panel', name = 'Door') => ['device', 'create', '--room', room, '--kind', kind, '--name', name];

/** The hash that the database has of a device's credential. */
async function storedHash(data: string, deviceId: string): Promise<string | null | undefined> {
  const ctx = await openContext({ ...readConfig({}, {}), data });
  const row = await ctx.db.kysely.selectFrom('devices').select('credential_hash').where('device_id', '=', deviceId).executeTakeFirst();
  await ctx.db.close();
  return row?.credential_hash;
}

describe('yuding device', () => {
  it('binds, lists, rotates and revokes', async () => {
    const { data, place, tenantId, first, second } = await office();
    const panel = await runJson<Bound>(...device(first), ...place);
    expect(panel).toEqual({
      device_id: expect.stringMatching(/^[0-9a-f]+$/) as string,
      credential: expect.stringMatching(/^d-[\w-]{48}$/) as string,
      room_id: first,
      kind: 'panel',
      name: 'Door',
    });
    expect(parseToken(panel.credential)).toMatchObject({ kind: 'device', tenantId });
    const sensor = await runJson<Bound>(...device(second, 'sensor', 'Ceiling'), ...place);

    const listed = { device_id: panel.device_id, room_id: first, kind: 'panel', name: 'Door', last_seen_at: null, created_at: expect.any(Number) as number };
    const { devices } = await runJson<Listed>('device', 'list', ...place);
    expect(devices.map(({ device_id, room_id }) => [device_id, room_id]).sort()).toEqual(
      [
        [panel.device_id, first],
        [sensor.device_id, second],
      ].sort(),
    );
    expect(await runJson('device', 'list', '--room', first, ...place)).toEqual({ devices: [listed] });

    const before = await storedHash(data, panel.device_id);
    const rotated = await runJson<Bound>('device', 'rotate', panel.device_id, ...place);
    expect(rotated).toEqual({ device_id: panel.device_id, credential: expect.stringMatching(/^d-[\w-]{48}$/) as string });
    expect(rotated.credential).not.toBe(panel.credential);
    expect(await storedHash(data, panel.device_id)).not.toBe(before);

    expect(await runJson('device', 'revoke', panel.device_id, ...place)).toEqual({ device_id: panel.device_id, revoked: true });
    expect(await runJson('device', 'list', '--room', first, ...place)).toEqual({ devices: [] });
    expect(await storedHash(data, panel.device_id)).toBeUndefined();
  });

  it('says it in lines, the credential in one of them', async () => {
    const { place, first } = await office();
    const said = async (...words: string[]) => {
      const { code, stdout, stderr } = await runCommand(...words, ...place);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout;
    };
    const made = await said(...device(first, 'touch_panel'));
    expect(made).toMatch(/^device_id +[0-9a-f]+\ncredential +d-[\w-]{48} +\(shown once\)\n$/);
    const id = /^device_id +(\S+)/.exec(made)?.[1] ?? '';
    expect(await said('device', 'list')).toMatch(new RegExp(`^DEVICE ID +KIND +ROOM ID +ROOM +NAME\n${id} +touch_panel +${first} +Oak +Door\n$`));
    expect(await said('device', 'rotate', id)).toMatch(/^credential +d-[\w-]{48} +\(shown once\)\n$/);
    expect(await said('device', 'revoke', id)).toBe(`${id} is revoked.\n`);
  });

  it('shows no credential again, and keeps none', async () => {
    const { data, place, first } = await office();
    const { credential, device_id } = await runJson<Bound>(...device(first), ...place);
    const { stdout } = await runCommand('device', 'list', '--json', ...place);
    expect(stdout).toContain(device_id);
    expect(stdout).not.toContain(credential);
    expect(stdout).not.toContain((await storedHash(data, device_id)) ?? 'a hash');
  });

  it('stays in the tenant named', async () => {
    const one = await office();
    const other = await office(one.data, 'Other');
    const inOne = ['--tenant', one.tenantKey, ...one.place];
    const { device_id } = await runJson<Bound>(...device(one.first), ...inOne);
    expect(await runJson('device', 'list', '--tenant', other.tenantKey, ...one.place)).toEqual({ devices: [] });
    for (const verb of ['rotate', 'revoke']) {
      expect(await runCommand('device', verb, device_id, '--tenant', other.tenantKey, ...one.place)).toMatchObject({ code: 1, stdout: '' });
    }
    expect(await runCommand('device', 'list', ...one.place)).toMatchObject({ code: 2, stderr: expect.stringContaining('--tenant KEY') as string });
    expect(await runJson<Listed>('device', 'list', ...inOne)).toMatchObject({ devices: [{ device_id }] });
  });

  it.each([
    ['a kind that there is not', ['--room', 'ROOM', '--kind', 'lamp', '--name', 'x'], 2, 'panel, qr_code'],
    ['no kind', ['--room', 'ROOM', '--name', 'x'], 2, '--kind'],
    ['no room', ['--kind', 'panel', '--name', 'x'], 2, '--room'],
    ['a blank name', ['--room', 'ROOM', '--kind', 'panel', '--name', ' '], 2, '--name'],
    ['a room that there is not', ['--room', 'omm_x', '--kind', 'panel', '--name', 'x'], 1, 'omm_x'],
  ])('refuses %s', async (_what, words, code, mark) => {
    const { place, first } = await office();
    const outcome = await runCommand('device', 'create', ...words.map((word) => (word === 'ROOM' ? first : word)), ...place);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(/^yuding: [^\n]+\n$/);
    expect(outcome.stderr).toContain(mark);
    expect(await runJson('device', 'list', ...place)).toEqual({ devices: [] });
  });

  it.each(['rotate', 'revoke'])('refuses to %s what is not there', async (verb) => {
    const { place } = await office();
    expect(await runCommand('device', verb, 'ffff', ...place)).toEqual({ code: 1, stdout: '', stderr: 'yuding: no device ffff\n' });
  });
});
