import type { Ctx } from '../../context.ts';
import type { Principal } from '../../domain/access.ts';
import { formatPosition, latestPosition, parsePosition, type Heard, type News, type Position } from '../../domain/changes.ts';
import type { Directory } from '../../domain/directory.ts';
import { drawnAs } from '../../domain/timeline.ts';
import { formatInstant } from '../../wire/v1/instants.ts';
import { liveMethod, type LiveEvents } from '../../wire/v1/live.ts';
import { EventStream } from '../event-stream.ts';
import { answer } from '../mount.ts';
import { Refusal } from '../refusal.ts';
import { buildOfScreens } from '../web.ts';
import { rowWriter } from './timeline.ts';

/** How often it is asked whether the caller may still listen. Milliseconds. */
const ASK_AGAIN = 5000;
/** What keeps those between the two from taking the connection for dead. */
const HEARTBEAT = 20_000;
/** Then the caller has to come again, as after any other request: a session that nobody uses must end. */
const LONGEST = 3_600_000;
export const liveHandler = answer(liveMethod, async (ctx, { principal, query, again, lastEventId }) => {
  const asked = lastEventId ?? query.since;
  const latest = await latestPosition(ctx.db, principal.tenantId);
  const position = asked === undefined ? latest : parsePosition(asked);
  // From before the history was begun anew, or from nowhere.
  const isLost = position === undefined || position.low > Math.max(latest.low, ...latest.ahead);
  return new Live(ctx, principal, { position: isLost ? latest : position, isLost, follow: query.follow, again }).stream;
});

interface Terms {
  position: Position;
  /** What the caller last knew is not known here. */
  isLost: boolean;
  follow: boolean;
  again: () => Promise<Principal>;
}

/** One connection: what its caller may see of what they listen to. */
class Live {
  readonly stream = new EventStream(() => {
    this.#leave();
    for (const timer of this.#timers) clearTimeout(timer);
  });
  readonly #ctx: Ctx;
  readonly #terms: Terms;
  readonly #leave: () => void;
  readonly #timers: readonly NodeJS.Timeout[];
  #principal: Principal;
  #position: string;

  constructor(ctx: Ctx, principal: Principal, terms: Terms) {
    this.#ctx = ctx;
    this.#terms = terms;
    this.#principal = principal;
    this.#position = formatPosition(terms.position);
    const { tenantId, userId, appId } = principal;
    this.#leave = ctx.changes.listen({ tenantId, caller: userId ?? appId, position: terms.position }, (heard) => {
      this.#hear(heard);
    });
    this.#timers = [
      setInterval(() => void this.#askAgain(), ASK_AGAIN),
      setInterval(() => {
        this.stream.beat(this.#position);
      }, HEARTBEAT),
      setTimeout(() => {
        this.stream.finish();
      }, LONGEST),
    ].map((timer) => timer.unref());
    this.#say('hello', { build: buildOfScreens, now: formatInstant(ctx.clock.now()) });
    if (terms.isLost) this.#say('gap', {});
  }

  #hear({ news, position, gap, directory }: Heard): void {
    const tell = teller(directory, this.#principal, this.#ctx.clock.now());
    for (const one of news) {
      const events = tell(one.news);
      // Several are one change: who is cut off among them hears them all again.
      for (const [i, [name, data]] of events.entries()) {
        if (i === events.length - 1) this.#position = one.position;
        this.#say(name, data);
      }
      if (one.news.kind === 'caller' && events.length > 0) void this.#askAgain();
    }
    this.#position = position;
    if (gap) this.#say('gap', {});
    if (!this.#terms.follow) this.stream.finish();
  }

  /** Asks whether the caller may still listen, as every request is asked; and what they are by now. */
  async #askAgain(): Promise<void> {
    try {
      this.#principal = await this.#terms.again();
    } catch (error) {
      // A database that does not answer is no reason.
      if (!(error instanceof Refusal)) return;
      this.#say('over', { code: String(error.row.code) });
      this.stream.finish();
    }
  }

  #say<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]): void {
    this.stream.say(name, this.#position, data);
  }
}

type Event = { [Name in keyof LiveEvents]: [Name, LiveEvents[Name]] }[keyof LiveEvents];

/** Puts news into the events that a caller gets of them. */
function teller(directory: Directory, principal: Principal, now: number): (news: News) => Event[] {
  const write = rowWriter(directory, principal);
  const tree: Event = ['tree', { version: directory.version }];
  return (news) => {
    if (news.kind === 'tree') return [tree];
    // What they may do is another matter now.
    if (news.kind === 'caller') return [principal.userId, principal.appId].includes(news.id) ? [tree] : [];
    return news.rows.map(({ id, row }) => {
      const room = row && directory.roomOfNumber(row.room_no);
      const drawn = row && room?.deleted_at === null ? drawnAs(row, now) : null;
      return ['reservation', drawn ? write(drawn) : { id: String(id), room_id: room?.room_id ?? '', gone: true }];
    });
  };
}
