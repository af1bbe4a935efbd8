import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A server under measurement, in a process of its own. */
export interface Server {
  url: string;
  /** Microseconds of processor time that its process has used, all threads. */
  cpuMicros(): number;
  stop(): Promise<void>;
}

/** Starts a program that prints `ready on URL`. Its log goes nowhere, but it is written. */
export async function startServer(script: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const child = spawn(process.execPath, [script, ...words], { env: { ...process.env, NODE_ENV: 'production', ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await readyUrl(child);
  return {
    url,
    cpuMicros: () => cpuMicros(child.pid ?? 0),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          resolve();
        });
        child.kill('SIGTERM');
      }),
  };
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) throw new Error('no output to read');
    createInterface(child.stdout).on('line', (line) => {
      const url = /^ready on (\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', (code) => {
      reject(new Error(`the server ended with ${String(code)} before it was ready`));
    });
  });
}

/** From Linux's scheduler statistics, which count in nanoseconds. */
function cpuMicros(pid: number): number {
  const tasks = `/proc/${String(pid)}/task`;
  return readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1000, 0);
}
