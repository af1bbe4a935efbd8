/** The words of a text in which single spaces part them, as lists of scopes are kept. */
export function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
