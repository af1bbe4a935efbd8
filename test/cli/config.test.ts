import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

/** The complaints about a configuration; none when it is accepted. */
function problemsOf(...call: Parameters<typeof readConfig>): readonly string[] {
  try {
    readConfig(...call);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({}, {})).toEqual({
      host: '127.0.0.1',
      port: 7070,
      data: resolve('data'),
      databaseUrl: undefined,
      rateLimit: undefined,
      logLevel: 'info',
      trustedProxies: [],
      pushAllow: [],
      testClock: false,
      checkAnswers: false,
    });
  });

  it('is taken from variables', () => {
    const env = {
      YUDING_HOST: '::1',
      YUDING_PORT: '0',
      YUDING_DATA: '/srv/y',
      YUDING_DATABASE_URL: 'postgres://x/y',
      YUDING_RATE_LIMIT: '0',
      YUDING_LOG_LEVEL: 'warn',
      YUDING_PUBLIC_URL: 'https://rooms.example.com/',
      YUDING_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      YUDING_PUSH_ALLOW: '192.168.0.7',
      YUDING_KEEP_DAYS: '400',
      YUDING_OIDC_ISSUER: 'https://sso.example.com',
      YUDING_OIDC_CLIENT_ID: 'yuding',
      YUDING_OIDC_CLIENT_SECRET: 'shh',
    };
    expect(readConfig({}, env)).toMatchObject({
      host: '::1',
      port: 0,
      data: '/srv/y',
      databaseUrl: 'postgres://x/y',
      rateLimit: 0,
      logLevel: 'warn',
      publicUrl: 'https://rooms.example.com',
      trustedProxies: ['10.0.0.0/8', '::1'],
      pushAllow: ['192.168.0.7'],
      keepDays: 400,
      oidc: { issuer: 'https://sso.example.com', clientId: 'yuding', clientSecret: 'shh', name: 'single sign-on' },
    });
  });

  it('is taken from flags before variables, setting by setting', () => {
    const env = { YUDING_HOST: '::1', YUDING_PORT: '1', YUDING_DATA: '/srv/y' };
    expect(readConfig({ port: '2', data: undefined }, env)).toMatchObject({ host: '::1', port: 2, data: '/srv/y' });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({}, { YUDING_PORT: '', YUDING_HOST: '', YUDING_RATE_LIMIT: '', YUDING_DATA: '', YUDING_LOG_LEVEL: '' })).toEqual(readConfig({}, {}));
  });

  it('is read from the variables of this program only', () => {
    expect(readConfig({}, { PORT: '1', HOST: 'x', YUDINGPORT: '2' })).toEqual(readConfig({}, {}));
  });

  it.each<[what: string, call: Parameters<typeof readConfig>, names: string[]]>([
    ['a port that is no number', [{}, { YUDING_PORT: 'http' }], ['YUDING_PORT', '"http"']],
    ['a port that is too large', [{}, { YUDING_PORT: '65536' }], ['YUDING_PORT', '65535']],
    ['a port with a fraction', [{}, { YUDING_PORT: '80.5' }], ['YUDING_PORT']],
    ['a port below zero', [{ port: '-1' }, {}], ['--port', '"-1"']],
    ['a port in hex', [{ port: '0x50' }, {}], ['--port']],
    ['an empty port', [{ port: '' }, {}], ['--port']],
    ['an empty host', [{ host: '' }, {}], ['--host']],
    ['an empty directory', [{ data: '' }, {}], ['--data']],
    ['a rate that is no number', [{}, { YUDING_RATE_LIMIT: 'none' }], ['YUDING_RATE_LIMIT', '"none"']],
    ['a rate that is too large', [{}, { YUDING_RATE_LIMIT: '1000001' }], ['YUDING_RATE_LIMIT']],
    ['a log level that is none', [{}, { YUDING_LOG_LEVEL: 'loud' }], ['YUDING_LOG_LEVEL', '"loud"', 'silent']],
    ['a database of another make', [{}, { YUDING_DATABASE_URL: 'mysql://x' }], ['YUDING_DATABASE_URL', 'postgres://']],
    ['a public address with a path', [{}, { YUDING_PUBLIC_URL: 'https://x.example/rooms' }], ['YUDING_PUBLIC_URL', '/rooms']],
    ['a public address without TLS', [{ publicUrl: 'http://x.example' }, {}], ['--public-url', 'https']],
    ['a proxy that is no address', [{}, { YUDING_TRUSTED_PROXIES: '10.0.0.0/8 proxy' }], ['YUDING_TRUSTED_PROXIES', '"proxy"']],
    ['a range that is too wide', [{}, { YUDING_PUSH_ALLOW: '10.0.0.0/33' }], ['YUDING_PUSH_ALLOW', '"10.0.0.0/33"']],
    ['days that are none', [{ keepDays: '0' }, {}], ['--keep-days', '"0"']],
    [
      'a provider without TLS',
      [{}, { YUDING_OIDC_ISSUER: 'http://sso.example', YUDING_OIDC_CLIENT_ID: 'y', YUDING_OIDC_CLIENT_SECRET: 's' }],
      ['YUDING_OIDC_ISSUER'],
    ],
    ['half a provider', [{}, { YUDING_OIDC_ISSUER: 'https://sso.example', YUDING_OIDC_CLIENT_ID: 'y' }], ['YUDING_OIDC_CLIENT_SECRET']],
    ['a variable that is none', [{}, { YUDING_PROT: '1' }], ['YUDING_PROT', 'YUDING_PORT']],
  ])('refuses %s, by name', (_what, call, names) => {
    const problems = problemsOf(...call);
    expect(problems).toHaveLength(1);
    for (const name of names) expect(problems[0]).toContain(name);
  });

  it('is refused with all that is wrong with it at once', () => {
    const env = { YUDING_PORT: 'x', YUDING_RATE_LIMIT: 'y', YUDING_LOG_LEVEL: 'z', YUDING_HOTS: 'h', YUDING_DB: 'd', YUDING_DATABASE_URL: 'u' };
    const names = problemsOf({ data: '' }, env).map((problem) => problem.split(' ')[0]);
    expect(names.sort()).toEqual([...Object.keys(env), '--data'].sort());
  });

  it('never repeats the address of a database, which may hold a password', () => {
    expect(problemsOf({ databaseUrl: 'http://me:canary@x/y' }, {}).join()).not.toContain('canary');
  });
});
