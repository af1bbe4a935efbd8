import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { inject } from 'vitest';
import { plainEnvironment } from '../process.ts';
import type { Calls, Order, Place, Reply } from './child.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A directory from which programs find the project's packages. */
export function programDirectory(): string {
  const directory = mkdtempSync(join(inject('temporary'), 'program-'));
  mkdirSync(directory, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  return directory;
}

let bundled: Promise<string> | undefined;

/** Binaries stay where they are. */
const external = ['@node-rs/argon2', '@photostructure/sqlite'];

/** The child's program as one file: Node 20 does not run TypeScript. */
function childProgram(): Promise<string> {
  return (bundled ??= (async () => {
    const bundle = await rolldown({ cwd: root, input: 'test/support/proof/child.ts', platform: 'node', external });
    const file = join(programDirectory(), 'child.js');
    await bundle.write({ file, format: 'esm', codeSplitting: false });
    await bundle.close();
    return file;
  })());
}

/** The child refused, for a reason of the domain; or, `unexpected: …`, it failed. */
export class ChildError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A process that books on the same database as others. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #count = 0;

  private constructor(program: string, place: Place) {
    this.#process = fork(program, [JSON.stringify(place)], { env: plainEnvironment(), execArgv: [] });
    this.#process.on('message', (reply: Reply | 'ready') => {
      if (reply === 'ready') return;
      const { resolve, reject } = this.#waiting.get(reply.n) ?? {};
      this.#waiting.delete(reply.n);
      if ('reason' in reply) reject?.(new ChildError(reply.reason, reply.message));
      else resolve?.(reply.value);
    });
    this.#process.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new ChildError('died', 'the process ended'));
    });
  }

  static async start({ data, databaseUrl, now }: Place): Promise<Child> {
    const child = new Child(await childProgram(), { data, databaseUrl, now });
    await Promise.race([
      once(child.#process, 'message'),
      once(child.#process, 'exit').then(() => {
        throw new Error('a child did not start');
      }),
    ]);
    return child;
  }

  /** @throws ChildError; with reason `died` when it was killed meanwhile */
  ask<Name extends keyof Calls>(call: Name, ...args: Parameters<Calls[Name]>): ReturnType<Calls[Name]> {
    return this.askAt(null, call, ...args);
  }

  /** The same at a moment for which all who race wait. */
  askAt<Name extends keyof Calls>(at: number | null, call: Name, ...args: Parameters<Calls[Name]>): ReturnType<Calls[Name]> {
    const order: Order = { n: this.#count++, at, call, args };
    const answered = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(order.n, { resolve, reject });
      this.#process.send(order, (error) => {
        if (error) reject(new ChildError('died', error.message));
      });
    });
    return answered as ReturnType<Calls[Name]>;
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** Milliseconds of the wall clock in which orders reach their children. */
const DELIVERY = 4;

/** A moment soon enough, for racers that start together. */
export function soon(): number {
  return performance.timeOrigin + performance.now() + DELIVERY;
}
