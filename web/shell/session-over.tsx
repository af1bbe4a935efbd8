import { useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { onSessionOver } from '../lib/api.ts';
import { connectNow } from '../lib/live.ts';
import { useWords } from '../lib/language.ts';
import { Dialog } from '../parts/dialog.tsx';
import { signInPath } from './session.ts';
import { shellWords } from './words.ts';

/** When the session has ended: a window over the page, so that what was being written is kept. */
export function SessionOver() {
  const say = useWords(shellWords);
  const [over, setOver] = useState(false);
  const queries = useQueryClient();
  useEffect(() => {
    const listener = () => {
      setOver(true);
    };
    onSessionOver.add(listener);
    return () => {
      onSessionOver.delete(listener);
    };
  }, []);
  if (!over) return null;
  const goOn = () => {
    setOver(false);
    connectNow();
    void queries.invalidateQueries();
  };
  return (
    <Dialog title={say.sessionOver} onClose={goOn}>
      <p>{say.sessionOverText}</p>
      <div className="row end">
        <a className="button primary" href={signInPath()} target="_blank" rel="noopener">
          {say.signInAgain}
        </a>
        <button type="button" className="button" onClick={goOn}>
          {say.goOn}
        </button>
      </div>
    </Dialog>
  );
}
