import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressRules } from './addresses.ts';
import { envelopeOf, type Envelope } from './envelope.ts';
import { nameServers, type Resolve } from './resolve.ts';
import { hostOf, parseTarget, TargetError } from './target.ts';

/** Where an event goes, and with what it is encrypted and signed; null: with nothing. */
export interface Target {
  url: string;
  encryptKey: string | null;
}

/** Why an event did not arrive. Nothing of it comes from the receiver but the HTTP status. */
export type Failure = 'forbidden' | 'unknownHost' | 'unreachable' | 'tls' | 'timeout' | 'status';

/** What became of an event. `body`: at most 64 KB of the answer, for nobody's eyes. */
export type Outcome = { delivered: true; body: string } | { delivered: false; reason: Failure; status?: number; detail?: string };

export interface SendOptions {
  /** Real time, epoch milliseconds. */
  atMs: number;
  /** Ranges inside the network to which events may go, by plain http too. */
  allow: readonly string[];
  resolve?: Resolve;
}

/** From the first look at the name to the last byte of the answer; vendor page. */
const DEADLINE_MS = 3000;
const MOST_BYTES = 64 * 1024;

/**
 * Sends an event to a receiver and says what became of it; never throws. An URL comes from whoever administers an app, so the
 * server must not be led by it to what only the server can reach: every address of the name is checked, and the connection
 * goes to one of those that were checked. Nothing is followed, nothing is reused, no proxy is asked.
 */
export async function send(target: Target, event: object, { atMs, allow, resolve = nameServers() }: SendOptions): Promise<Outcome> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    const url = parseTarget(target.url);
    const addresses = await addressesOf(url, allow, resolve, signal);
    if (signal.aborted) return { delivered: false, reason: 'timeout' };
    if (addresses.length === 0) return { delivered: false, reason: 'unknownHost' };
    return await post(url, addresses, envelopeOf(event, target.encryptKey, atMs), signal);
  } catch (error) {
    if (error instanceof TargetError) return { delivered: false, reason: 'forbidden', detail: error.message };
    throw error;
  }
}

/** The addresses of a URL's host, each of which may be connected to; none when the name has none. @throws TargetError */
async function addressesOf(url: URL, allow: readonly string[], resolve: Resolve, signal: AbortSignal): Promise<readonly string[]> {
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await resolve(host, signal) : [host];
  const verdicts = addresses.map(addressRules(allow));
  if (verdicts.includes('forbidden')) throw new TargetError('leads to an address that is not one of the internet, and is not among YUDING_PUSH_ALLOW');
  if (url.protocol === 'http:' && verdicts.includes('public')) throw new TargetError('must begin with https://');
  return addresses;
}

function post(url: URL, addresses: readonly string[], { body, headers }: Envelope, signal: AbortSignal): Promise<Outcome> {
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    signal,
    lookup: alwaysTo(addresses),
    headers: { ...headers, 'Content-Length': Buffer.byteLength(body), Accept: 'application/json', 'User-Agent': 'yuding', Connection: 'close' },
  };
  return new Promise((resolve) => {
    const fail = (error: Error): void => {
      resolve({ delivered: false, reason: signal.aborted ? 'timeout' : reasonOf(error) });
    };
    const request = (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, options, (answer) => {
      read(answer, fail, resolve);
    });
    request.on('error', fail);
    // An upgrade nobody asked for ends the connection without an error.
    request.on('close', () => {
      fail(new Error('closed'));
    });
    request.end(body);
  });
}

function read(answer: IncomingMessage, fail: (error: Error) => void, resolve: (outcome: Outcome) => void): void {
  const { statusCode: status = 0 } = answer;
  if (status !== 200) {
    resolve({ delivered: false, reason: 'status', status });
    answer.destroy();
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  const done = (): void => {
    resolve({ delivered: true, body: Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8') });
  };
  answer.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < MOST_BYTES) return;
    done();
    answer.destroy();
  });
  answer.on('end', done);
  answer.on('error', fail);
}

/** A look-up that knows one answer: no name server is asked a second time, which could answer otherwise. */
function alwaysTo(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, callback) => {
    const [first] = known;
    if (all) callback(null, known);
    else callback(null, first?.address ?? '', first?.family);
  };
}

function reasonOf(error: Error & { code?: string }): Failure {
  return /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(error.code ?? '') ? 'tls' : 'unreachable';
}
