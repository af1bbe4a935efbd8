import './mine.css';
import { Link } from 'wouter';
import { useWords } from '../lib/language.ts';
import { useSearchState } from '../lib/search.ts';
import { badgeText, useWaiting } from '../lib/waiting.ts';
import { Approvals } from './approvals.tsx';
import { Booked } from './booked.tsx';
import { Inbox } from './inbox.tsx';
import { mineWords } from './words.ts';

const TABS = ['booked', 'approvals', 'inbox'] as const;
type Tab = (typeof TABS)[number];

/** What somebody booked, what waits for their decision, and what others did. */
export default function Screen() {
  const say = useWords(mineWords);
  const [{ tab: asked }] = useSearchState();
  const tab: Tab = TABS.find((one) => one === asked) ?? 'booked';
  const { approvals, unread } = useWaiting();
  const counts: Record<Tab, number> = { booked: 0, approvals, inbox: unread };
  return (
    <div className="mine">
      <h1>{say.title}</h1>
      <nav className="mine-tabs" aria-label={say.title}>
        {TABS.map((one) => (
          <Link key={one} href={one === 'booked' ? '/mine' : `/mine?tab=${one}`} aria-current={one === tab ? 'page' : undefined}>
            {say.tabs[one]}
            {counts[one] > 0 && (
              <span className="badge">
                {badgeText(counts[one])}
                <span className="visually-hidden"> {one === 'inbox' ? say.unread('').trim() : say.waiting('').trim()}</span>
              </span>
            )}
          </Link>
        ))}
      </nav>
      {tab === 'booked' && <Booked />}
      {tab === 'approvals' && <Approvals />}
      {tab === 'inbox' && <Inbox />}
    </div>
  );
}
