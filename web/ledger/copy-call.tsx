import { useId, useState } from 'react';
import { useWords } from '../lib/language.ts';
import { Dialog } from '../parts/dialog.tsx';
import { callsOf, curlOf, sdkOf } from './api-call.ts';
import type { Filter } from './filter.ts';
import { MOST_CALLS } from './windows.ts';
import { ledgerWords } from './words.ts';

interface Props {
  filter: Filter;
  /** Unix seconds. */
  now: number;
  onClose: () => void;
}

/** The table as a call of the vendor's API: of curl, or of its SDK. */
export function CopyCall({ filter, now, onClose }: Props) {
  const say = useWords(ledgerWords);
  const [form, setForm] = useState<'curl' | 'sdk'>('curl');
  const [copied, setCopied] = useState<string>();
  const group = useId();
  const calls = callsOf(filter, now);
  const count = calls.windows.length;
  const text = count === 0 ? '' : (form === 'curl' ? curlOf : sdkOf)(filter, calls, location.origin);
  const isPage = count === 1 && calls.ahead === 0;
  return (
    <Dialog title={say.copyTitle} onClose={onClose}>
      <fieldset className="row">
        <legend className="visually-hidden">{say.language}</legend>
        {(['curl', 'sdk'] as const).map((one) => (
          <label key={one} className="ledger-choice">
            <input
              type="radio"
              name={group}
              checked={form === one}
              onChange={() => {
                setForm(one);
              }}
            />
            {say[one]}
          </label>
        ))}
      </fieldset>
      {count === 0 ? (
        <p className="notice" data-kind="warning">
          {say.copyNone}
        </p>
      ) : (
        <>
          <p>
            {!isPage && `${say.copyMany(count)} `}
            {isPage || form === 'sdk' ? (form === 'curl' ? say.copyText : say.copyTextSdk) : say.copyToken}
          </p>
          {(calls.ahead > 0 || calls.more) && <p className="muted">{calls.more ? say.copyMore(MOST_CALLS) : say.copyAhead(calls.ahead)}</p>}
          <pre className="ledger-code" tabIndex={0} role="region" aria-label={say[form]}>
            <code>{text}</code>
          </pre>
          <div className="row end">
            <span className="muted" role="status">
              {copied === text ? say.copied : ''}
            </span>
            <button
              type="button"
              className="button primary"
              onClick={() => {
                void navigator.clipboard.writeText(text).then(() => {
                  setCopied(text);
                });
              }}
            >
              {say.copy}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
