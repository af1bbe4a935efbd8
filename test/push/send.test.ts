import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { addressRules } from '../../src/push/addresses.ts';
import { send, type Outcome, type SendOptions } from '../../src/push/send.ts';
import { nameServer } from '../support/dns.ts';
import { canary, receiver } from '../support/receiver.ts';
import { NOON } from '../support/app.ts';

/*
 * Where events can be sent to. Canaries listen where nobody may be led; the names are those of a name server that lies.
 */
const canaries = [await canary('127.0.0.1')];
const { port } = canaries[0] ?? { port: 0 };
canaries.push(await canary('::1', port), await canary('127.0.0.2', port));
const open = await receiver();
/** Names that lead somewhere, and those that lead elsewhere the next time. */
const names: Record<string, string[]> = {
  'loopback.test': ['127.0.0.1'],
  'loopback6.test': ['::1'],
  'private.test': ['10.0.0.1'],
  'mixed.test': ['8.8.8.8', '127.0.0.1'],
  'mixed6.test': ['8.8.8.8', '::1'],
  'last.test': ['8.8.8.8', '1.1.1.1', '9.9.9.9', '192.168.0.1'],
  'mapped.test': ['::ffff:7f00:1'],
  'metadata.test': ['169.254.169.254'],
  'metadata6.test': ['fd00:ec2::254'],
  'unspecified.test': ['0.0.0.0'],
  localhost: ['127.0.0.1', '::1'],
  'evil.localhost': ['127.0.0.1'],
  '127.0.0.1.nip.test': ['127.0.0.1'],
};
const dns = await nameServer((name) => names[name] ?? []);
afterAll(async () => {
  dns.close();
  for (const { server } of canaries) server.close();
  await open.close();
});

const sendTo = (url: string, options: Partial<SendOptions> = {}): Promise<Outcome> =>
  send({ url, encryptKey: null }, { type: 'test' }, { atMs: NOON * 1000, allow: [], resolve: dns.resolve, ...options });
const reasonOf = async (url: string, options: Partial<SendOptions> = {}) => {
  const outcome = await sendTo(url, options);
  return outcome.delivered ? 'delivered' : outcome.reason;
};
const visits = () => canaries.reduce((sum, { connections }) => sum + connections(), 0);

const p = `:${String(port)}`;
/** Hosts that are no host of the internet, in every spelling that one meets. */
const hosts = [
  // This machine.
  '127.0.0.1',
  '127.0.0.2',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '0177.0.0.01',
  '127.0.0.0x1',
  '0',
  '0.0.0.0',
  '0x0',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  'localhost',
  'LOCALHOST',
  'evil.localhost',
  '%6c%6f%63alhost',
  '127%2e0%2e0%2e1',
  // Other spellings of names and digits.
  'loopback.test',
  'LoopBack.Test',
  'loopback6.test',
  'private.test',
  'mixed.test',
  'mixed6.test',
  'last.test',
  'mapped.test',
  'metadata.test',
  'metadata6.test',
  'unspecified.test',
  '127.0.0.1.nip.test',
  // The network around it.
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '192.168.1.1',
  '3232235521',
  '0xc0a80001',
  '0300.0250.0.1',
  '100.64.0.1',
  '100.127.255.255',
  '[fc00::1]',
  '[fd12:3456:789a::1]',
  '[fe80::1]',
  '[febf::1]',
  '[fec0::1]',
  '169.254.0.1',
  // Where clouds keep secrets.
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '[::ffff:169.254.169.254]',
  '[fd00:ec2::254]',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  // Ways round: translators and tunnels.
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2002:a9fe:a9fe::1]',
  '[2001:0:4136:e378:8000:63bf:80ff:fffe]',
  '[2001::1]',
  // What is nobody's.
  '0.1.2.3',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '198.18.0.1',
  '198.19.255.255',
  '192.88.99.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '[2001:db8::1]',
  '[3fff::1]',
  '[ff02::1]',
  '[100::1]',
  '[4000::1]',
  '[::2]',
];

/** Texts that are no address of a receiver, wherever they lead. */
const texts = [
  `http://user@127.0.0.1${p}/`,
  `https://user:pass@example.com/`,
  `https://@example.com/`,
  `https://example.com@127.0.0.1${p}/`,
  `https://example.com#@127.0.0.1${p}/`,
  `https://example.com/#x`,
  `https://example.com/#`,
  `https://example.com\\@127.0.0.1${p}/`,
  `https:\\\\127.0.0.1${p}/`,
  `https:/127.0.0.1${p}/`,
  `https:127.0.0.1${p}/`,
  `//127.0.0.1${p}/`,
  `127.0.0.1${p}`,
  `https://127.0.0.1.${p}/`,
  `https://loopback.test.${p}/`,
  `https:///127.0.0.1${p}/`,
  `https:// 127.0.0.1${p}/`,
  ` https://127.0.0.1${p}/`,
  `https://127.0.0.1${p}/\n`,
  `https://127.0.0.1\t${p}/`,
  `https://127。0。0。1${p}/`,
  `https://①②⑦.0.0.1${p}/`,
  `https://[::1%25lo]${p}/`,
  `https://[::1%lo]${p}/`,
  `https://example.com:22/`,
  `https://example.com:25/`,
  `https://example.com:1/`,
  `https://example.com:0/`,
  `https://example.com:1023/`,
  `https://example.com:65536/`,
  `https://example.com:x/`,
  `http://127.0.0.1:6379x/`,
  `unix:/var/run/docker.sock`,
  `http+unix://%2Fvar%2Frun%2Fdocker.sock/`,
  `file:///etc/passwd`,
  `ftp://127.0.0.1/`,
  `gopher://127.0.0.1/`,
  `ws://127.0.0.1${p}/`,
  `javascript:alert(1)`,
  `data:text/plain,x`,
  `https://`,
  ``,
  `https://${'a'.repeat(2000)}.test/`,
];

describe('a target inside the network', () => {
  it('is taken in no spelling: nobody came to the canaries', async () => {
    expect(hosts.length + texts.length).toBeGreaterThan(130);
    for (const host of hosts) {
      for (const scheme of ['https', 'http']) expect([host, await reasonOf(`${scheme}://${host}${p}/`)]).toEqual([host, 'forbidden']);
    }
    for (const text of texts) expect([text, await reasonOf(text)]).toEqual([text, 'forbidden']);
    expect(visits()).toBe(0);
  });

  it('is not made of any bytes of an IPv4 address, however written', async () => {
    const inside = fc.oneof(
      fc.tuple(fc.constantFrom(0, 10, 127), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.integer({ min: 224, max: 255 }), fc.nat(255), fc.nat(255), fc.nat(255)),
    );
    const hex = (high: number, low: number) => (high * 256 + low).toString(16);
    const spellings = [
      ([a, b, c, d]: number[]) => [a, b, c, d].join('.'),
      ([a = 0, b = 0, c = 0, d = 0]: number[]) => String(((a * 256 + b) * 256 + c) * 256 + d),
      ([a = 0, b = 0, c = 0, d = 0]: number[]) => `0x${(((a * 256 + b) * 256 + c) * 256 + d).toString(16)}`,
      (bytes: number[]) => bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
      ([a = 0, b = 0, c = 0, d = 0]: number[]) => `${String(a)}.${String((b * 256 + c) * 256 + d)}`,
      ([a = 0, b = 0, c = 0, d = 0]: number[]) => `[::ffff:${hex(a, b)}:${hex(c, d)}]`,
      ([a = 0, b = 0, c = 0, d = 0]: number[]) => `[64:ff9b::${hex(a, b)}:${hex(c, d)}]`,
      ([a = 0, b = 0, c = 0, d = 0]: number[]) => `[2002:${hex(a, b)}:${hex(c, d)}::1]`,
    ];
    await fc.assert(
      fc.asyncProperty(inside, fc.constantFrom(...spellings), async (bytes, spell) => {
        expect(await reasonOf(`https://${spell(bytes)}${p}/`)).toBe('forbidden');
      }),
      { numRuns: 300 },
    );
    expect(visits()).toBe(0);
  });

  it('is told from those of the internet', () => {
    const verdict = addressRules([]);
    const outside = [
      '1.1.1.1',
      '8.8.8.8',
      '172.15.255.255',
      '172.32.0.1',
      '100.63.255.255',
      '100.128.0.1',
      '169.253.0.1',
      '192.167.0.1',
      '198.17.0.1',
      '223.255.255.1',
    ];
    for (const address of [...outside, '2606:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8', '2400:3200::1'])
      expect([address, verdict(address)]).toEqual([address, 'public']);
    for (const text of ['', 'x', '1.2.3', '::g', 'fe80::1%eth0']) expect([text, verdict(text)]).toEqual([text, 'forbidden']);
  });
});

describe('an allowed range', () => {
  const allow = ['127.0.0.1/32'];
  const at = (host: string) => `http://${host}:${String(open.port)}/events`;

  it('opens itself and nothing beside it, by plain http too', async () => {
    for (const host of ['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', 'loopback.test'])
      expect([host, await reasonOf(at(host), { allow })]).toEqual([host, 'delivered']);
    const before = visits();
    for (const host of ['127.0.0.2', '[::1]', '127.0.0.0', 'loopback6.test', 'localhost', 'mixed.test', '10.0.0.1', '169.254.169.254'])
      expect([host, await reasonOf(`http://${host}${p}/`, { allow })]).toEqual([host, 'forbidden']);
    expect(visits()).toBe(before);
  });

  it('is a CIDR, of either family', () => {
    const verdict = addressRules(['10.1.0.0/16', 'fd00:1::/32', '192.168.7.7']);
    for (const address of ['10.1.0.0', '10.1.255.255', '::ffff:10.1.2.3', 'fd00:1::5', '192.168.7.7'])
      expect([address, verdict(address)]).toEqual([address, 'allowed']);
    for (const address of ['10.0.255.255', '10.2.0.0', 'fd00:2::5', '192.168.7.6', '192.168.7.8'])
      expect([address, verdict(address)]).toEqual([address, 'forbidden']);
  });

  it('never opens where clouds keep secrets', () => {
    const verdict = addressRules(['0.0.0.0/0', '::/0']);
    const secret = ['169.254.169.254', '::ffff:169.254.169.254', '64:ff9b::169.254.169.254', '2002:a9fe:a9fe::', '::169.254.169.254', '169.254.170.2'];
    for (const address of [...secret, '100.100.100.200', 'fd00:ec2::254', '2001:0:1:2:3:4:5601:5601'])
      expect([address, verdict(address)]).toEqual([address, 'forbidden']);
    expect(verdict('169.254.169.255')).toBe('allowed');
  });

  it('lets plain http go nowhere else', async () => {
    names['public.test'] = ['8.8.8.8'];
    expect(await sendTo('http://public.test/')).toEqual({ delivered: false, reason: 'forbidden', detail: 'must begin with https://' });
    expect(await reasonOf('http://1.1.1.1/', { allow })).toBe('forbidden');
  });
});

describe('a name that changes where it leads', () => {
  const allow = ['127.0.0.1/32'];
  const at = (name: string) => `http://${name}:${String(open.port)}/events`;

  it('is checked at every sending', async () => {
    names['moving.test'] = ['127.0.0.1'];
    expect(await reasonOf(at('moving.test'), { allow })).toBe('delivered');
    for (const next of ['127.0.0.2', '::1', '10.0.0.1']) {
      names['moving.test'] = [next];
      expect(await reasonOf(at('moving.test'), { allow })).toBe('forbidden');
    }
  });

  it('is asked for once: the connection goes to what was checked', async () => {
    let asked = 0;
    const rebinding = await nameServer((name) => (name === 'rebind.test' && asked++ < 2 ? ['127.0.0.1'] : ['127.0.0.2']));
    const before = open.received.length;
    const visited = visits();
    expect(await reasonOf(at('rebind.test'), { allow, resolve: rebinding.resolve })).toBe('delivered');
    expect(rebinding.asked.sort()).toEqual(['rebind.test A', 'rebind.test AAAA']);
    expect(await reasonOf(`http://rebind.test${p}/`, { allow, resolve: rebinding.resolve })).toBe('forbidden');
    expect([open.received.length - before, visits() - visited]).toEqual([1, 0]);
    rebinding.close();
  });

  it('that nobody knows is no target', async () => {
    expect(await reasonOf('https://nobody.test/')).toBe('unknownHost');
  });
});

describe('a receiver', () => {
  const allow = ['127.0.0.1'];

  it.each([301, 302, 303, 307, 308])('that sends us on with %s is not followed', async (status) => {
    const visited = visits();
    for (const location of [`http://127.0.0.2${p}/`, `http://[::1]${p}/`, `http://127.0.0.1${p}/`, 'http://169.254.169.254/latest/meta-data/']) {
      const sending = await receiver((_received, response) => {
        response.writeHead(status, { location }).end('secret');
      });
      expect(await sendTo(sending.url, { allow })).toEqual({ delivered: false, reason: 'status', status });
      await sending.close();
    }
    expect(visits()).toBe(visited);
  });

  it.each([201, 204, 400, 401, 404, 500, 503])('that answers %s did not take it, and its body is nobody’s', async (status) => {
    const refusing = await receiver((_received, response) => {
      response.writeHead(status).end('inner secret');
    });
    const outcome = await sendTo(refusing.url, { allow });
    expect(outcome).toEqual({ delivered: false, reason: 'status', status });
    await refusing.close();
  });

  it('is sent one request with fixed headers, on a connection of its own', async () => {
    const before = open.received.length;
    await Promise.all([sendTo(open.url, { allow }), sendTo(open.url, { allow })]);
    const [first, second] = open.received.slice(before);
    expect(first).toEqual(second);
    expect(first).toEqual({
      url: '/events',
      body: '{"type":"test"}',
      headers: {
        'content-type': 'application/json;charset=utf-8',
        'content-length': '15',
        accept: 'application/json',
        'user-agent': 'yuding',
        host: `127.0.0.1:${String(open.port)}`,
        connection: 'close',
      },
    });
  });

  it('that sends without end is read to 64 KB', async () => {
    const endless = await receiver((_received, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    const outcome = await sendTo(endless.url, { allow });
    expect(outcome.delivered && outcome.body.length).toBe(65_536);
    await endless.close();
  });

  // All at once: each takes the whole deadline.
  it('that hangs, drips, or hangs up is given up', async () => {
    const drips = new Set<NodeJS.Timeout>();
    const dripping = await receiver((_received, response) => {
      drips.add(setInterval(() => response.write('x'), 50));
    });
    const silent = await receiver(() => undefined);
    const hints = await receiver((_received, response) => {
      drips.add(
        setInterval(() => {
          response.writeEarlyHints({ link: '</x>; rel=preload' });
        }, 50),
      );
    });
    const early = await receiver((_received, response, request) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => request.socket.destroy());
    });
    const upgrading = await receiver((_received, _response, request) => {
      request.socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    });
    const garbling = await receiver((_received, _response, request) => {
      request.socket.end('nonsense\r\n\r\n');
    });
    const headers = await receiver((_received, _response, request) => {
      request.socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`);
    });
    const mute = createServer();
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const muteUrl = (scheme: string) => `${scheme}://127.0.0.1:${String((mute.address() as AddressInfo).port)}/`;
    const silentDns = await nameServer(() => undefined);
    const [gone] = [await receiver()];
    await gone.close();
    const outcomes = await Promise.all([
      reasonOf(dripping.url, { allow }),
      reasonOf(silent.url, { allow }),
      reasonOf(hints.url, { allow }),
      reasonOf(early.url, { allow }),
      reasonOf(upgrading.url, { allow }),
      reasonOf(garbling.url, { allow }),
      reasonOf(headers.url, { allow }),
      reasonOf(muteUrl('http'), { allow }),
      reasonOf(muteUrl('https'), { allow }),
      reasonOf('https://slow.test/', { allow, resolve: silentDns.resolve }),
      reasonOf(gone.url, { allow }),
      reasonOf(open.url.replace('http:', 'https:'), { allow }),
    ]);
    expect(outcomes).toEqual([
      'timeout',
      'timeout',
      'timeout',
      'unreachable',
      'unreachable',
      'unreachable',
      'unreachable',
      'timeout',
      'timeout',
      'unknownHost',
      'unreachable',
      'tls',
    ]);
    for (const drip of drips) clearInterval(drip);
    silentDns.close();
    mute.close();
    await Promise.all([dripping, silent, hints, early, upgrading, garbling, headers].map((one) => one.close()));
  });

  it('is reached past every proxy that the environment names', async () => {
    const before = { ...process.env };
    const visited = visits();
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) process.env[name] = `http://127.0.0.2${p}`;
    process.env.NODE_USE_ENV_PROXY = '1';
    expect(await reasonOf(open.url, { allow })).toBe('delivered');
    process.env = before;
    expect(visits()).toBe(visited);
  });
});
