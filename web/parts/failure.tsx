import type { ReactNode } from 'react';
import { ApiError } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { common, wordsOf } from '../lib/words.ts';

/** In the place of what could not be read: why, the reference for whoever runs the server, and another try. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const say = useWords(common);
  const known = error instanceof ApiError ? error : undefined;
  const { log_id } = known?.problem ?? {};
  return (
    <div className="notice" data-kind="fault" role="alert">
      <div className="stack grow">
        <p>{known ? wordsOf(known, say) : say.failed}</p>
        {log_id !== undefined && <p className="muted id">{say.reference(log_id)}</p>}
      </div>
      {retry && (
        <button type="button" className="button" onClick={retry}>
          {say.tryAgain}
        </button>
      )}
    </div>
  );
}

/** In the place of what is on its way. */
export function Loading() {
  const say = useWords(common);
  return (
    <p className="empty" role="status">
      {say.loading}
    </p>
  );
}

/** In the place of what there is none of: that there is none, and what one can do about it. */
export function Empty({ title, text, action }: { title: string; text?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty stack">
      <h2>{title}</h2>
      {text !== undefined && <p>{text}</p>}
      {action !== undefined && <p>{action}</p>}
    </div>
  );
}
