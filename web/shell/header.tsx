import { Link, useLocation } from 'wouter';
import { useWords } from '../lib/language.ts';
import { Menu } from './menu.tsx';
import type { Session } from './session.ts';
import { shellWords } from './words.ts';

/** Where one can go, and whose session it is. */
export function Header({ session }: { session: Session }) {
  const say = useWords(shellWords);
  const [path] = useLocation();
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
      <nav aria-label={say.main} className="places grow">
        {places.map(([to, name]) => (
          <Link key={to} href={to} aria-current={path.startsWith(to) ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <Menu session={session} />
    </header>
  );
}
