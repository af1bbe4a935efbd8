import { useEffect, useId, useSyncExternalStore } from 'react';
import { useWords } from '../lib/language.ts';
import { common } from '../lib/words.ts';

interface Toast {
  id: number;
  text: string;
  /** What can still be done about it, for as long as it shows. */
  action?: { name: string; run: () => void };
  /** What it is about: once that is taken in hand again, nothing more is offered here. */
  about?: string;
}

const SHOWN_FOR = 10_000;
let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();
/** The page's own first. */
const places: string[] = [];

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says something in the corner for ten seconds. */
export function toast(text: string, action?: Toast['action'], about?: string): void {
  const id = ++count;
  set([...toasts.slice(-3), { id, text, ...(action ? { action } : {}), ...(about === undefined ? {} : { about }) }]);
  setTimeout(() => {
    dismiss(id);
  }, SHOWN_FOR);
}

/** Takes back what was offered about a thing: to undo what has been done over is to undo something else. */
export function withdraw(about: string): void {
  if (toasts.some((one) => one.about === about)) set(toasts.map(({ id, text, ...rest }) => (rest.about === about ? { id, text } : { id, text, ...rest })));
}

function dismiss(id: number): void {
  set(toasts.filter((one) => one.id !== id));
}

/**
 * Where they are said. An open dialog has a place of its own, because a screen reader hears nothing of the page behind it; only the
 * topmost of the places says anything.
 */
export function Toasts() {
  const place = useId();
  const all = useSyncExternalStore(subscribe, () => toasts);
  const isTopmost = useSyncExternalStore(subscribe, () => places.at(-1) === place);
  useEffect(() => {
    places.push(place);
    set(toasts);
    return () => {
      places.splice(places.indexOf(place), 1);
      set(toasts);
    };
  }, [place]);
  const shown = isTopmost ? all : [];
  const say = useWords(common);
  return (
    <div className={isTopmost ? 'toasts' : undefined} role="status" aria-live="polite">
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
