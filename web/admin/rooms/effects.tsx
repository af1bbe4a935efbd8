import type { Effects as Of } from '../../../src/wire/v1/effects.ts';
import { useWords } from '../../lib/language.ts';
import { clockTime, dayName } from '../../lib/time.ts';
import type { Tree } from '../../lib/tree.ts';
import { roomsWords } from './words.ts';

/** What a change does to reservations, before it is done. */
export function Effects({ effects, tree, zone }: { effects: Of; tree: Tree; zone: string }) {
  const say = useWords(roomsWords);
  const { cancelled, check_in_closed: closed, check_in_reopened: reopened } = effects;
  if (cancelled.length + closed.length + reopened.length === 0)
    return (
      <p className="notice" role="status">
        {say.nothingHappens}
      </p>
    );
  return (
    <div className="stack">
      <Touched title={say.cancels(cancelled.length)} rows={cancelled} kind="fault" tree={tree} zone={zone} />
      <Touched title={say.closes(closed.length)} rows={closed} kind="warning" tree={tree} zone={zone} />
      <Touched title={say.reopens(reopened.length)} rows={reopened} kind="notice" tree={tree} zone={zone} />
    </div>
  );
}

function Touched({ title, rows, kind, tree, zone }: { title: string; rows: Of['cancelled']; kind: string; tree: Tree; zone: string }) {
  const say = useWords(roomsWords);
  if (rows.length === 0) return null;
  return (
    <section className="stack admin-touched">
      <h3 className="notice" data-kind={kind}>
        {title}
      </h3>
      <div className="table-frame" role="region" aria-label={title} tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{say.when}</th>
              <th scope="col">{say.room}</th>
              <th scope="col">{say.reservation}</th>
              <th scope="col">{say.reserver}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, 200).map((row) => {
              const room = tree.room(row.room_id);
              const there = tree.level(room?.parent_id ?? '')?.time_zone ?? zone;
              const [start, end] = [Date.parse(row.start), Date.parse(row.end)];
              return (
                <tr key={row.id}>
                  <td>
                    {dayName(start, there)} {clockTime(start, there)}–{clockTime(end, there)}
                  </td>
                  <td>{room?.name ?? row.room_id}</td>
                  <td>
                    {/* In a tab of its own: what is being decided here stays. */}
                    <a href={`/ledger?row=${encodeURIComponent(row.id)}`} target="_blank" rel="noopener">
                      {row.title === '' ? say.private : row.title}
                    </a>
                  </td>
                  <td>{row.reserver_name}</td>
                </tr>
              );
            })}
            {rows.length > 200 && (
              <tr>
                <td colSpan={4} className="muted">
                  {say.andMore(rows.length - 200)}
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}
