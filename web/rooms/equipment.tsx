import { useWords } from '../lib/language.ts';
import { Disclosure } from './disclosure.tsx';
import { roomsWords } from './words.ts';

interface Props {
  all: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** What has to be in a room. */
export function Equipment({ all, chosen, onChange }: Props) {
  const say = useWords(roomsWords);
  // What the address asks for and no room has can still be taken back.
  const shown = [...all, ...chosen.filter((one) => !all.includes(one))];
  return (
    <div className="field">
      <span className="label" id="rooms-equipment">
        {say.equipment}
      </span>
      <Disclosure
        look="input picker"
        name="rooms-equipment"
        labelledBy="rooms-equipment rooms-equipment-value"
        summary={
          <>
            <span id="rooms-equipment-value">{chosen.length === 1 ? chosen[0] : say.equipmentCount(chosen.length)}</span>
            <span aria-hidden="true">▾</span>
          </>
        }
      >
        {shown.length === 0 && <p className="muted">{say.noEquipment}</p>}
        {shown.map((one) => (
          <label key={one} className="rooms-check">
            <input
              type="checkbox"
              checked={chosen.includes(one)}
              onChange={(event) => {
                onChange(event.target.checked ? [...chosen, one] : chosen.filter((other) => other !== one));
              }}
            />
            {one}
          </label>
        ))}
      </Disclosure>
    </div>
  );
}
