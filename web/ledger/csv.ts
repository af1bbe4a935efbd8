/** What tells a spreadsheet that a file is UTF-8. */
export const BYTE_ORDER_MARK = '\u{feff}';

/**
 * One line of CSV (RFC 4180). A field that a spreadsheet would take for a formula gets an apostrophe before it: what somebody called
 * a meeting must not run on the machine of whoever opens the file. It is the rule of the command line's exports.
 */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

function csvField(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
