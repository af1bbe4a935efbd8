import { engine } from '../database.ts';

/** The proofs run at a small size with the other tests, and at their full size with PROOF=1. */
export const isFull = process.env.PROOF === '1';

export function size(small: number, full: number): number {
  return isFull ? full : small;
}

/** Milliseconds that one proof may take. */
export const PATIENCE = size(180_000, 1_200_000);

/** What the random choices grow from: the same each time, so that only the race itself differs; PROOF_SEED asks for others. */
export const seed = Number(process.env.PROOF_SEED ?? 1);

/** Says what was done, so that a run that did little shows. */
export function report(claim: string, figures: Readonly<Record<string, number | string>>): void {
  const text = Object.entries(figures).map(([name, figure]) => `${name} ${String(figure)}`);
  console.log(`proof: ${claim}, ${engine()}, seed ${String(seed)}: ${text.join(', ')}`);
}
