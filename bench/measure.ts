import { median } from './client.ts';

/** Something measured a few times, round by round. */
export type Subject = () => Promise<number>;

export interface Measured {
  median: number;
  /** Smallest and largest of the rounds. */
  low: number;
  high: number;
}

export const ROUNDS = 7;

/** Measures all subjects in turn, again and again, so that what disturbs the machine disturbs them alike. One round more goes before, unmeasured. */
export async function interleaved<Name extends string>(subjects: Readonly<Record<Name, Subject>>): Promise<Record<Name, Measured>> {
  const names = Object.keys(subjects) as Name[];
  const found = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const value = await subjects[name]();
      if (round > 0) found[name].push(value);
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, { median: median(found[name]), low: Math.min(...found[name]), high: Math.max(...found[name]) }]),
  ) as Record<Name, Measured>;
}

/** One line of the report: a subject beside its reference. */
export interface Line {
  target: string;
  what: string;
  measured: Measured;
  reference: Measured;
  unit: string;
  limit: number;
}

export function ratioOf({ measured, reference }: Line): number {
  return measured.median / reference.median;
}

export function report(lines: readonly Line[]): string {
  const digits = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
  const spread = ({ median: middle, low, high }: Measured, unit: string) => `${digits(middle)} ${unit} (${digits(low)}-${digits(high)})`;
  return lines
    .map((line) => {
      const ratio = ratioOf(line);
      const verdict = ratio <= line.limit ? 'met' : 'NOT met';
      return [
        line.target.padEnd(4),
        line.what.padEnd(52),
        spread(line.measured, line.unit).padEnd(26),
        spread(line.reference, line.unit).padEnd(26),
        `${ratio.toFixed(2)}x`.padStart(7),
        `  <= ${String(line.limit)}x ${verdict}`,
      ].join(' ');
    })
    .join('\n');
}
