import { useWords } from '../lib/language.ts';
import { Disclosure } from './disclosure.tsx';
import { looks, signOf, wordOf } from './looks.ts';
import { roomsWords } from './words.ts';

/** What the colours, signs and patterns of the bars mean. */
export function Legend() {
  const say = useWords(roomsWords);
  return (
    <div className="rooms-legend">
      <Disclosure look="button" name="rooms-legend" summary={<span id="rooms-legend">{say.legend}</span>}>
        <ul>
          {looks.map((look) => (
            <li key={look}>
              <span className="rooms-bar" data-look={look} aria-hidden="true">
                {signOf(look)}
              </span>
              {wordOf(look, say)}
            </li>
          ))}
        </ul>
      </Disclosure>
    </div>
  );
}
