import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { useWords } from '../lib/language.ts';
import { common } from '../lib/words.ts';
import { Toasts } from './toasts.tsx';

interface Props {
  title: string;
  children: ReactNode;
  /** Escape, the closing button, a click beside it. */
  onClose: () => void;
}

/** A window over the page, on a phone a sheet from below. The browser's own: it keeps the focus inside and gives it back. */
export function Dialog({ title, children, onClose }: Props) {
  const say = useWords(common);
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Closed while it still stands in the page: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="dialog-body stack">
        <div className="row">
          <h2 id={heading} className="grow">
            {title}
          </h2>
          <button type="button" className="button quiet" aria-label={say.close} onClick={onClose}>
            ✕
          </button>
        </div>
        {children}
      </div>
      <Toasts />
    </dialog>
  );
}
