import { useWords } from '../../lib/language.ts';
import type { Tree } from '../../lib/tree.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { rulesWords } from '../rules/words.ts';
import type { Plan } from './moving.ts';
import { roomsWords } from './words.ts';

/** What a move touches, before it is done: reservations, devices, and the rules that will be those of the new place. */
export function MovePlan({ plan, tree, onConfirm, onClose }: { plan: Plan; tree: Tree; onConfirm: () => void; onClose: () => void }) {
  const say = useWords(roomsWords);
  const rules = useWords(rulesWords);
  const { nodes, into, touches } = plan;
  const place = tree.level(into)?.name ?? '';
  const speaker = (id: string | null) => (id === null ? rules.byDefault : (tree.level(id)?.name ?? tree.room(id)?.name ?? id));
  const [first] = nodes;
  const title = nodes.length === 1 && first ? say.moveHere(first.name, place) : say.moveSeveral(nodes.length, place);
  return (
    <Confirm title={title} action={say.moveNow} safe onConfirm={onConfirm} onClose={onClose}>
      <ul className="admin-touches">
        <li>{say.touchedReservations(touches.reservations)}</li>
        <li>{say.touchedDevices(touches.devices)}</li>
      </ul>
      {(touches.rules.length > 0 || touches.time_zone) && (
        <table className="admin-diff">
          <caption>{say.otherRules}</caption>
          <thead>
            <tr>
              <th scope="col">{say.rule}</th>
              <th scope="col">{say.asNow}</th>
              <th scope="col">{say.asThen}</th>
            </tr>
          </thead>
          <tbody>
            {touches.rules.map(({ part, from, to }) => (
              <tr key={`${part} ${from ?? ''}`}>
                <th scope="row">{rules.parts[part]}</th>
                <td>{speaker(from)}</td>
                <td>{speaker(to)}</td>
              </tr>
            ))}
            {touches.time_zone && (
              <tr>
                <th scope="row">{say.timeZone}</th>
                <td>{touches.time_zone.from}</td>
                <td>{touches.time_zone.to}</td>
              </tr>
            )}
          </tbody>
        </table>
      )}
    </Confirm>
  );
}
