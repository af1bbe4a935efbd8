import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What may be done with an address: anybody may be sent there, the operator allowed it, or nobody may. */
export type Verdict = 'public' | 'allowed' | 'forbidden';

/** Of IPv4, what is not the internet's: IANA's registry of special purposes, and multicast. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Of IPv6, what is the internet's, and in it what is not: protocol assignments with Teredo, documentation, 6to4. */
const GLOBAL_V6 = ['2000::/3'];
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** Where clouds tell a machine its own secrets: never, whatever is allowed. */
const METADATA = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
];

const specialV4 = listOf(SPECIAL_V4);
const globalV6 = listOf(GLOBAL_V6);
const specialV6 = listOf(SPECIAL_V6);
const metadata = listOf(METADATA);

/** @param allow ranges inside the network, as CIDR or single addresses, that are taken besides those of the internet */
export function addressRules(allow: readonly string[]): (address: string) => Verdict {
  const allowed = listOf(allow);
  return (text) => {
    const address = plain(text);
    if (!isIPv4(address) && !isIPv6(address)) return 'forbidden';
    if (has(metadata, address) || embeddedV4(address).some((inner) => has(metadata, inner))) return 'forbidden';
    if (has(allowed, address)) return 'allowed';
    const isPublic = isIPv4(address) ? !has(specialV4, address) : has(globalV6, address) && !has(specialV6, address);
    return isPublic ? 'public' : 'forbidden';
  };
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return list;
}

function has(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** An IPv4 address that is written as an IPv6 one (`::ffff:a.b.c.d`) is that IPv4 address: the system connects to it. */
function plain(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff ? dotted(groups[6], groups[7]) : address;
}

/** IPv4 addresses that an IPv6 address leads to by way of a translator or a tunnel. */
function embeddedV4(address: string): string[] {
  if (!isIPv6(address)) return [];
  const groups = groupsOf(address);
  const [first, second, third] = groups;
  const atEnd = dotted(groups[6], groups[7]);
  if (first === 0x64 && second === 0xff9b) return [atEnd];
  if (first === 0x2002) return [dotted(second, third)];
  if (first === 0x2001 && second === 0) return [dotted((groups[6] ?? 0) ^ 0xffff, (groups[7] ?? 0) ^ 0xffff)];
  return groups.slice(0, 6).every((group) => group === 0) ? [atEnd] : [];
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [bare = ''] = address.split('%');
  const [, head, ...bytes] = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare) ?? [];
  const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
  const text = head === undefined ? bare : `${head}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const [before = [], after] = text.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = after ? 8 - before.length - after.length : 0;
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...(after ?? [])].map((group) => parseInt(group, 16));
}
