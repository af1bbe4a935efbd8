import { useSyncExternalStore } from 'react';
import { useWords } from '../lib/language.ts';
import { common } from '../lib/words.ts';

interface Toast {
  id: number;
  text: string;
  /** What can still be done about it, for as long as it shows. */
  action?: { name: string; run: () => void };
}

const SHOWN_FOR = 10_000;
let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says something in the corner for ten seconds. */
export function toast(text: string, action?: Toast['action']): void {
  const id = ++count;
  set([...toasts.slice(-3), { id, text, ...(action ? { action } : {}) }]);
  setTimeout(() => {
    dismiss(id);
  }, SHOWN_FOR);
}

function dismiss(id: number): void {
  set(toasts.filter((one) => one.id !== id));
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  const say = useWords(common);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, action }) => (
        <div key={id} className="toast">
          <span className="grow">{text}</span>
          {action && (
            <button
              type="button"
              className="button"
              onClick={() => {
                dismiss(id);
                action.run();
              }}
            >
              {action.name}
            </button>
          )}
          <button
            type="button"
            className="button quiet"
            aria-label={say.close}
            onClick={() => {
              dismiss(id);
            }}
          >
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
