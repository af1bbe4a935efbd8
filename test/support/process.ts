import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built program, as its users have it. */
export const PROGRAM = fileURLToPath(new URL('../../dist/yuding.js', import.meta.url));

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** What the program sees of this process's environment: nothing that configures it. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(YUDING_|NODE_ENV$|VITEST)/.test(name)));
}

/** A child process, ended at the latest when its test is over. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #watchers = new Set<() => void>();

  constructor(file: string, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(file, words, { env: { ...plainEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      for (const look of this.#watchers) look();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** The first match in what the process prints. Fails when it ends without one. */
  async match(pattern: RegExp): Promise<RegExpExecArray> {
    let look: () => void = () => undefined;
    const found = new Promise<RegExpExecArray>((resolve) => {
      look = () => {
        const match = pattern.exec(this.stdout);
        if (match) resolve(match);
      };
    });
    this.#watchers.add(look);
    look();
    const result = await Promise.race([found, this.ended]);
    this.#watchers.delete(look);
    if (!Array.isArray(result)) throw new Error(`ended with ${String(result.code)} without ${String(pattern)}: ${result.stdout}${result.stderr}`);
    return result;
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill('SIGKILL');
  }
}

/** Runs a command of the built program to its end. */
export async function execute(words: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  await using running = new Running(process.execPath, [PROGRAM, ...words], env);
  return await running.ended;
}

export interface Serving extends Running {
  url: string;
}

/** Starts a server on a directory and a free port; it answers when this returns. */
export async function serve(data: string, ...words: string[]): Promise<Serving> {
  const running = new Running(process.execPath, [PROGRAM, 'serve', '--data', data, '--port', '0', ...words]);
  const match = await running.match(/^ready on (http:\S+)$/m);
  return Object.assign(running, { url: match[1] ?? '' });
}
