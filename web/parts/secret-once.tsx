import { useState } from 'react';
import { useWords } from '../lib/language.ts';
import { askingWords } from './asking.ts';
import { Dialog } from './dialog.tsx';

interface Props {
  title: string;
  /** What it is called: `app_secret`. */
  name: string;
  secret: string;
  note?: string;
  onClose: () => void;
}

/** A secret in the one moment in which it can be seen: it is copied, or it is lost. */
export function SecretOnce({ title, name, secret, note, onClose }: Props) {
  const say = useWords(askingWords);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(true);
    } catch {
      // A browser that refuses leaves it to the person: the field is there to be selected.
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="notice" data-kind="warning">
        {say.onlyOnce}
      </p>
      <label className="field">
        <span className="label">{name}</span>
        <span className="row secret-row">
          <input
            className="input id grow"
            readOnly
            value={secret}
            onFocus={(event) => {
              event.target.select();
            }}
          />
          <button type="button" className="button primary" onClick={() => void copy()}>
            {copied ? say.copied : say.copy}
          </button>
        </span>
      </label>
      {note !== undefined && <p className="muted">{note}</p>}
      <span className="visually-hidden" role="status">
        {copied ? say.copied : ''}
      </span>
      <div className="row end">
        <button type="button" className="button" onClick={onClose}>
          {say.kept}
        </button>
      </div>
    </Dialog>
  );
}
