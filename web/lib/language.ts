import { useSyncExternalStore } from 'react';

export type Language = 'zh' | 'en';

/**
 * The words of a screen, in both languages. A sentence with parts is a function. Each screen keeps its own beside it, so that they load with it:
 * `const words = inBoth({ en: {…}, zh: {…} })`, and in a component `const say = useWords(words)`.
 */
export interface Words<Entries> {
  en: Entries;
  zh: Entries;
}

type Loose<T> = { [K in keyof T]: T[K] extends string ? string : T[K] extends (...args: infer A) => string ? (...args: A) => string : Loose<T[K]> };

/** Takes the English as the measure: a word that the Chinese lacks does not compile. */
export function inBoth<const Entries extends object>(words: { en: Entries; zh: Loose<Entries> }): Words<Loose<Entries>> {
  return words as unknown as Words<Loose<Entries>>;
}

const listeners = new Set<() => void>();

export function language(): Language {
  return document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
}

/** For `Intl`. */
export function locale(): string {
  return language() === 'zh' ? 'zh-CN' : 'en-GB';
}

export function setLanguage(next: Language): void {
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
  // Where the server's own pages look too.
  document.cookie = `language=${next}; path=/; samesite=lax; max-age=31536000`;
  for (const listener of listeners) listener();
}

/** Re-renders when the language changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language);
}

export function useWords<Entries>(words: Words<Entries>): Entries {
  return words[useLanguage()];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
