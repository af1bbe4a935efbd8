import { useWords } from '../lib/language.ts';
import { clockTime } from '../lib/time.ts';
import type { Slot } from './state.ts';
import { roomWords } from './words.ts';

const looks: Record<Slot['state'], readonly [state: string, icon: string]> = {
  pending: ['pending', '◷'],
  accepted: ['busy', '●'],
  checked_in: ['here', '✓'],
  no_show: ['absent', '✕'],
  released: ['released', '↩'],
};

/** What takes a room's time today. */
export function Schedule({ slots, zone, now }: { slots: readonly Slot[]; zone: string; now: number }) {
  const say = useWords(roomWords);
  return (
    <section className="stack">
      <h2>{say.schedule}</h2>
      {slots.length === 0 && <p className="muted">{say.nothing}</p>}
      {slots.length > 0 && (
        <ol className="card room-day">
          {slots.map((slot) => {
            const [state, icon] = slot.mine && slot.state === 'accepted' ? ['mine', '★'] : looks[slot.state];
            const isOn = slot.start <= now && now < slot.end && slot.state !== 'released' && slot.state !== 'pending';
            return (
              <li key={slot.id} data-past={slot.end <= now || undefined} aria-current={isOn ? 'time' : undefined}>
                <span className="room-time">
                  {clockTime(slot.start, zone)}–{clockTime(slot.end, zone)}
                </span>
                <span className="room-what">
                  <span>{titleOf(slot, say)}</span>
                  <span className="muted">{slot.mine ? say.you : slot.reserver}</span>
                </span>
                <span className="state" data-state={state}>
                  <span aria-hidden="true">{icon}</span> {say.states[slot.state]}
                </span>
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}

/** What a reservation is called to who sees it. */
export function titleOf({ title }: Pick<Slot, 'title'>, say: { private: string; untitled: string }): string {
  return title === null ? say.private : title || say.untitled;
}
