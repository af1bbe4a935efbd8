import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { setLanguage, useLanguage, useWords } from '../lib/language.ts';
import { setTheme, theme, type Theme } from '../lib/theme.ts';
import { signOut, type Session } from './session.ts';
import { shellWords } from './words.ts';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** Where one can go, in what language and light one sees it, and the way out. */
export function Header({ session }: { session: Session }) {
  const say = useWords(shellWords);
  const language = useLanguage();
  const [path] = useLocation();
  const [shown, setShown] = useState(theme);
  const places = [
    ['/rooms', say.rooms],
    ['/mine', say.mine],
    ...(session.roles.meeting_management
      ? ([
          ['/ledger', say.ledger],
          ['/use', say.use],
        ] as const)
      : []),
    ...(session.roles.administrator ? ([['/admin', say.admin]] as const) : []),
  ] as const;
  return (
    <header className="header">
      <Link href="/rooms" className="brand">
        {say.product}
      </Link>
      <nav aria-label={say.main} className="places">
        {places.map(([to, name]) => (
          <Link key={to} href={to} aria-current={path.startsWith(to) ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <span className="grow" />
      <a href="/account" className="person">
        {session.person.name}
      </a>
      <button
        type="button"
        className="button quiet"
        lang={language === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => {
          setLanguage(language === 'zh' ? 'en' : 'zh');
        }}
      >
        {say.language}
      </button>
      <button
        type="button"
        className="button quiet"
        onClick={() => {
          const next = THEMES[(THEMES.indexOf(shown) + 1) % THEMES.length] ?? 'system';
          setTheme(next);
          setShown(next);
        }}
      >
        {say.theme}: {say.themes[shown]}
      </button>
      <button type="button" className="button quiet" onClick={() => void signOut()}>
        {say.signOut}
      </button>
    </header>
  );
}
