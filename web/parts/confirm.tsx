import { useId, useState, type ReactNode } from 'react';
import { useWords } from '../lib/language.ts';
import { common } from '../lib/words.ts';
import { Dialog } from './dialog.tsx';
import { askingWords } from './asking.ts';

interface Props {
  title: string;
  children: ReactNode;
  /** What the button does, in its own word. */
  action: string;
  /** What must be typed before it can be done; absent: a click is enough. */
  typed?: string;
  /** It can be taken back: the button gives no warning. */
  safe?: boolean;
  busy?: boolean;
  disabled?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back, and says what it does. */
export function Confirm({ title, children, action, typed, safe = false, busy = false, disabled = false, onConfirm, onClose }: Props) {
  const say = useWords(common);
  const part = useWords(askingWords);
  const [text, setText] = useState('');
  const id = useId();
  const isRight = typed === undefined || text.trim() === typed.trim();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isRight && !busy && !disabled) onConfirm();
        }}
      >
        {children}
        {typed !== undefined && (
          <div className="field">
            <label htmlFor={id}>{part.typeToConfirm(typed)}</label>
            <input
              id={id}
              className="input"
              value={text}
              autoComplete="off"
              onChange={(event) => {
                setText(event.target.value);
              }}
            />
          </div>
        )}
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {say.cancel}
          </button>
          <button type="submit" className={safe ? 'button primary' : 'button danger'} disabled={!isRight || busy || disabled}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
