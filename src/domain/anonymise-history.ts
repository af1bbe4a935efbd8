import type { Leaver } from '../store/anonymise.ts';
import type { HistoryRow } from '../store/history.ts';

/** Names of those who took a step, which stand in a reservation without an id. */
type StepName = 'released_by_name' | 'decided_by_name';
const STEP_NAMES: readonly StepName[] = ['released_by_name', 'decided_by_name'];

/** Beside which id a name, an address or a number is that person's. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  user_id: ['name', 'user_name', 'email', 'employee_no'],
  reserver_id: ['reserver_name'],
  organizer_id: ['organizer_name'],
};
const OF_A_USER: readonly string[] = ['name', 'email', 'employee_no', 'mobile'];

/**
 * Finds a person's name in rows of history, which are to be shown to it in their order. By ids alone: others of the same name keep theirs.
 * Who released or decided stands in a reservation by name only, so the rows themselves tell whose step was the last.
 */
export class NamesInHistory {
  readonly #leaver: Leaver;
  /** Reservations whose latest such step the person took. */
  readonly #steps: Readonly<Record<StepName, Set<string>>> = { released_by_name: new Set(), decided_by_name: new Set() };

  constructor(leaver: Leaver) {
    this.#leaver = leaver;
  }

  /** Numbers of the reservations in which the person's name stands for that step. */
  steps(name: StepName): number[] {
    return [...this.#steps[name]].map(Number);
  }

  /** The row without the name; undefined: it was not in it. */
  without(row: HistoryRow): HistoryRow | undefined {
    const isActor = row.actor_id === this.#leaver.userId;
    const state_before = this.#cleaned(row, row.state_before, false);
    const state_after = this.#cleaned(row, row.state_after, true);
    const clean = { ...row, state_before, state_after, ...(isActor ? { actor_name: this.#leaver.name, address: null } : {}) };
    const changed = (['actor_name', 'address', 'state_before', 'state_after'] as const).some((column) => clean[column] !== row[column]);
    return changed ? clean : undefined;
  }

  #cleaned(row: HistoryRow, state: string | null, isAfter: boolean): string | null {
    if (state === null) return null;
    const value = JSON.parse(state) as unknown;
    const clean = this.#clean(value, row.object_kind === 'user' && row.object_id === this.#leaver.userId);
    if (row.object_kind === 'reservation') this.#cleanSteps(row, clean as Record<string, unknown>, isAfter);
    return JSON.stringify(clean) === JSON.stringify(value) ? state : JSON.stringify(clean);
  }

  /** @param isOwn whether it tells of the person's own row */
  #clean(value: unknown, isOwn: boolean): unknown {
    const { email, userId, name } = this.#leaver;
    if (typeof value === 'string') return email !== null && value.toLowerCase() === email ? name : value;
    if (Array.isArray(value)) return value.map((item) => this.#clean(item, false));
    if (typeof value !== 'object' || value === null) return value;
    const fields = value as Record<string, unknown>;
    const own = new Set(isOwn ? OF_A_USER : []);
    for (const [key, names] of Object.entries(NAMED_BY)) if (fields[key] === userId) for (const one of names) own.add(one);
    const entries = Object.entries(fields).map(([key, field]) => {
      if (own.has(key) && typeof field === 'string') return [key, key.endsWith('name') ? name : ''];
      return [key, this.#clean(field, isOwn)];
    });
    return Object.fromEntries(entries) as unknown;
  }

  #cleanSteps({ actor_id, object_id }: HistoryRow, state: Record<string, unknown>, isAfter: boolean): void {
    for (const step of STEP_NAMES) {
      if (!(step in state)) continue;
      const taken = this.#steps[step];
      if (isAfter) {
        if (typeof state[step] === 'string' && actor_id === this.#leaver.userId) taken.add(object_id);
        else taken.delete(object_id);
      }
      if (typeof state[step] === 'string' && taken.has(object_id)) state[step] = this.#leaver.name;
    }
  }
}
