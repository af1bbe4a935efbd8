export type Field = string | number | null;

/**
 * CSV as spreadsheets like it: with a mark that it is UTF-8, and an apostrophe before what they would take for a formula. What somebody called a
 * room must not run on the machine of whoever opens the file.
 */
export function csvOf(rows: readonly (readonly Field[])[]): string {
  return `\uFEFF${rows.map((fields) => `${fields.map(csvField).join(',')}\r\n`).join('')}`;
}

function csvField(value: Field): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Has the browser save a text as a file. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
