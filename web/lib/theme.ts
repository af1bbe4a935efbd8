import { keep } from './kept.ts';

export type Theme = 'system' | 'light' | 'dark';

export function theme(): Theme {
  const { theme: chosen } = document.documentElement.dataset;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

export function setTheme(next: Theme): void {
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  keep('yuding.theme', next === 'system' ? null : next);
}
