import { useId, useState } from 'react';
import { setLanguage, useLanguage, useWords, type Language } from '../lib/language.ts';
import { setTheme, theme, type Theme } from '../lib/theme.ts';
import { signOut, type Session } from './session.ts';
import { shellWords } from './words.ts';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
/** Each in its own words, for who cannot read the other. */
const LANGUAGES: readonly [Language, string, string][] = [
  ['en', 'English', 'en'],
  ['zh', '中文', 'zh-CN'],
];

/** Who is signed in, in what language and light they see the screens, and the way out. */
export function Menu({ session: { person, tenant } }: { session: Session }) {
  const say = useWords(shellWords);
  const language = useLanguage();
  const [shown, setShown] = useState(theme);
  const id = useId();
  return (
    <>
      <button type="button" className="button quiet" popoverTarget={id} aria-label={`${person.name}, ${say.settings}`}>
        <span className="person-name">{person.name}</span>
        <span aria-hidden="true">☰</span>
      </button>
      <div id={id} popover="auto" className="menu">
        <div className="stack">
          <div>
            <strong>{person.name}</strong>
            <p className="muted">{tenant.name}</p>
          </div>
          <fieldset aria-label={say.languages}>
            {LANGUAGES.map(([value, name, tag]) => (
              <button
                key={value}
                type="button"
                className="button quiet"
                lang={tag}
                aria-pressed={language === value}
                onClick={() => {
                  setLanguage(value);
                }}
              >
                {name}
              </button>
            ))}
          </fieldset>
          <fieldset aria-label={say.theme}>
            {THEMES.map((value) => (
              <button
                key={value}
                type="button"
                className="button quiet"
                aria-pressed={shown === value}
                onClick={() => {
                  setTheme(value);
                  setShown(value);
                }}
              >
                {say.themes[value]}
              </button>
            ))}
          </fieldset>
          <a className="button quiet" href="/account">
            {say.account}
          </a>
          <button type="button" className="button quiet" onClick={() => void signOut()}>
            {say.signOut}
          </button>
        </div>
      </div>
    </>
  );
}
