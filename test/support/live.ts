import { setTimeout as sleep } from 'node:timers/promises';
import { credentialHeaders } from './app.ts';
import { queryString } from './ledger.ts';

/** An event of the stream, as it came. */
export interface LiveEvent {
  name: string;
  id: string;
  data: Record<string, unknown>;
}

/** Somebody who listens to changes. */
export interface Listening extends AsyncDisposable {
  /** All that came so far. */
  events: LiveEvent[];
  /** The first event from now on, or not yet asked for, that is so. */
  next(is: (event: LiveEvent) => boolean): Promise<LiveEvent>;
  /** Resolves when the server has ended it. */
  ended: Promise<void>;
  /** Where the listener stands. */
  readonly position: string;
  /** Goes away. */
  leave(): Promise<void>;
}

const PATIENCE = 20_000;

/** Listens as a browser does. @param since where it stood before; absent: from now on */
export async function listen(url: string, credential: string, since?: string, { follow = true } = {}): Promise<Listening> {
  const away = new AbortController();
  const headers = { ...credentialHeaders(credential), ...(since === undefined ? {} : { 'last-event-id': since }) };
  const response = await fetch(`${url}/api/v1/live?${queryString({ follow })}`, { headers, signal: away.signal });
  if (!response.ok || response.body === null) throw new Error(`${String(response.status)} ${await response.text()}`);
  const { body } = response;
  const events: LiveEvent[] = [];
  let position = '';
  let waiting: (() => void)[] = [];
  let taken = 0;
  const ended = (async () => {
    let text = '';
    try {
      for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
          position = fields.get('id') ?? position;
          const data = fields.get('data');
          if (data !== undefined) events.push({ name: fields.get('event') ?? '', id: position, data: JSON.parse(data) as LiveEvent['data'] });
        }
        for (const wake of waiting.splice(0)) wake();
      }
    } catch {
      // Cut off by whichever side: so it is over.
    }
    for (const wake of waiting.splice(0)) wake();
  })();
  const leave = async () => {
    away.abort();
    await ended;
  };
  return {
    events,
    ended,
    get position() {
      return position;
    },
    async next(is) {
      const late = sleep(PATIENCE, 'late' as const, { ref: false });
      for (;;) {
        const at = events.findIndex((event, i) => i >= taken && is(event));
        const found = events[at];
        if (found) {
          taken = at + 1;
          return found;
        }
        const wake = new Promise<void>((resolve) => (waiting = [...waiting, resolve]));
        if ((await Promise.race([wake, late])) === 'late') throw new Error(`no such event came; ${JSON.stringify(events.slice(-10))}`);
      }
    },
    leave,
    [Symbol.asyncDispose]: leave,
  };
}
