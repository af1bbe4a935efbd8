import { vi } from 'vitest';
import { run } from '../../src/cli/program.ts';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs one command in this process and keeps what it prints. */
export async function runCommand(...words: string[]): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const keepLine = (keep: (text: string) => void) => (text: unknown) => {
    keep(`${String(text)}\n`);
  };
  const keepText = (keep: (text: string) => void) => (text: string | Uint8Array) => {
    keep(String(text));
    return true;
  };
  const out = (text: string) => (stdout += text);
  const err = (text: string) => (stderr += text);
  // Commands print through the console; help and complaints about the command line go straight to the streams.
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(keepLine(out)),
    vi.spyOn(console, 'error').mockImplementation(keepLine(err)),
    vi.spyOn(process.stdout, 'write').mockImplementation(keepText(out)),
    vi.spyOn(process.stderr, 'write').mockImplementation(keepText(err)),
  ];
  try {
    return { code: await run(words), stdout, stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs a command that must work with `--json`. @returns what it printed */
export async function runJson<Result = Record<string, unknown>>(...words: string[]): Promise<Result> {
  const { code, stdout, stderr } = await runCommand(...words, '--json');
  if (code !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as Result;
}
