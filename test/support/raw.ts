import { connect } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  /** As they were sent, case included. */
  headers: [name: string, value: string][];
  body: string;
}

/**
 * Sends bytes over a socket of their own and reads answers until there are `count` of them, or the server closes.
 *
 * @param later makes what to send once the server has said something, be it 100 Continue
 */
export function exchange(
  url: string,
  request: string | Buffer,
  { count = 1, later }: { count?: number; later?: () => string | Promise<string> } = {},
): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(url);
  const bytes = Buffer.from(request);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const split = (received: Buffer) => splitAnswers(received, bytes.toString('latin1', 0, 5) === 'HEAD ');
    let received = Buffer.alloc(0);
    let unsent = later;
    let failure: Error | undefined;
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const { answers } = split(received);
      if (unsent) void Promise.resolve(unsent()).then((more) => socket.write(more), reject);
      unsent = undefined;
      if (answers.length >= count) socket.destroy();
    });
    // A server that refuses a request half-way closes while the rest is still being sent; what it said counts.
    socket.on('error', (error) => (failure = error));
    socket.on('close', () => {
      const { answers, rest } = split(received);
      if (rest.length > 0) reject(new Error(`no whole answer: ${rest.toString('latin1')}`));
      else if (answers.length === 0 && failure) reject(failure);
      else resolve(answers);
    });
    socket.write(bytes);
  });
}

/** The one answer to one request. */
export async function askRaw(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const [answer] = await exchange(url, bytes);
  if (!answer) throw new Error('the server closed without an answer');
  return answer;
}

/** Values of a header, by its exact name. */
export function valuesOf({ headers }: RawAnswer, name: string): string[] {
  return headers.filter(([candidate]) => candidate === name).map(([, value]) => value);
}

/** @param bodiless answers to HEAD, which announce a length and have none */
function splitAnswers(bytes: Buffer, bodiless: boolean): { answers: RawAnswer[]; rest: Buffer } {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return { answers, rest };
    const [statusLine = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(statusLine)?.[1]);
    const headers = lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
    const length = bodiless ? 0 : Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
    const whole = end + 4 + length;
    if (rest.length < whole) return { answers, rest };
    // 100 Continue is no answer yet.
    if (status >= 200) answers.push({ status, headers, body: rest.subarray(end + 4, whole).toString('utf8') });
    rest = rest.subarray(whole);
  }
}
