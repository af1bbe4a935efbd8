import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { nameServers, type Resolve } from '../../src/push/resolve.ts';

/** A name server on this machine. */
export interface NameServer {
  resolve: Resolve;
  /** Names that were asked for, with the kind of address, in order. */
  asked: string[];
  close(): void;
}

/**
 * Starts a name server that answers with what `addressesOf` says of a name, every time anew.
 *
 * @param addressesOf undefined: no answer at all
 */
export async function nameServer(addressesOf: (name: string) => readonly string[] | undefined): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, { port, address }) => {
    const { name, end } = nameIn(query);
    const isV6 = query.readUInt16BE(end) === 28;
    asked.push(`${name} ${isV6 ? 'AAAA' : 'A'}`);
    const found = addressesOf(name)?.filter((one) => one.includes(':') === isV6);
    if (found) socket.send(answerTo(query.subarray(0, end + 4), found, isV6), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    resolve: nameServers([`127.0.0.1:${String(socket.address().port)}`]),
    asked,
    close: () => {
      socket.close();
    },
  };
}

function nameIn(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

/** The question again, and a record of no life for each address. */
function answerTo(question: Buffer, addresses: readonly string[], isV6: boolean): Buffer {
  const header = Buffer.from(question);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(addresses.length, 6);
  header.writeUInt32BE(0, 8);
  const records = addresses.map((address) => {
    const data = isV6 ? bytesOfV6(address) : Buffer.from(address.split('.').map(Number));
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(isV6 ? 28 : 1, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([header, ...records]);
}

function bytesOfV6(address: string): Buffer {
  const [before = [], after = []] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
