import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { EVENTS_TYPE } from '../wire/envelope.ts';

/** Bytes that a caller can leave unread. */
const MOST_UNREAD = 1 << 20;

/** Server-sent events, as text. Who does not read theirs is cut off. */
export class EventStream extends Readable {
  #isOver = false;
  readonly #onEnd: () => void;

  /** @param onEnd called once, when nothing more is to be said */
  constructor(onEnd: () => void) {
    super({ encoding: 'utf8', read: () => undefined });
    this.#onEnd = onEnd;
  }

  /** @param id the position of who has this event */
  say(name: string, id: string, data: object): void {
    this.#write(`event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Says nothing but where the caller stands. */
  beat(id: string): void {
    this.#write(`:\nid: ${id}\n\n`);
  }

  /** What was said is still sent, and then the connection ends. */
  finish(): void {
    if (this.#isOver) return;
    this.push(null);
    this.#end();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#end();
    done(error);
  }

  #write(text: string): void {
    if (this.#isOver) return;
    this.push(text);
    // They come again when they do read, and say where they stopped.
    if (this.readableLength > MOST_UNREAD) this.destroy();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
  }
}

/** The streams that a method of a server has open. */
export class OpenStreams {
  readonly #streams = new Set<EventStream>();
  #isEnding = false;

  constructor(server: FastifyInstance) {
    // The end of the server waits for all answers.
    server.addHook('preClose', (done) => {
      this.#isEnding = true;
      for (const stream of this.#streams) stream.finish();
      done();
    });
  }

  send(reply: FastifyReply, stream: EventStream): FastifyReply {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    if (this.#isEnding) stream.finish();
    // Nobody in between may keep it or wait for its end, and its connection is good for nothing after it.
    return reply.headers({ 'content-type': EVENTS_TYPE, 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' }).send(stream);
  }
}
