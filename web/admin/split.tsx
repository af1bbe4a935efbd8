import type { ReactNode } from 'react';
import { useWords } from '../lib/language.ts';
import { adminWords } from './words.ts';

/** A list with the chosen one beside it; on a narrow screen the one takes the list's place. */
export function Split({ list, side, onBack }: { list: ReactNode; side: ReactNode | undefined; onBack: () => void }) {
  const say = useWords(adminWords);
  return (
    <div className="admin-split" data-open={side !== undefined}>
      <div className="admin-list">{list}</div>
      {side !== undefined && (
        <div className="admin-side">
          <button type="button" className="button quiet admin-back" onClick={onBack}>
            <span aria-hidden="true">←</span> {say.back}
          </button>
          {side}
        </div>
      )}
    </div>
  );
}
