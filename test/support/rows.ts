import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

export type Row = Record<string, string | number | null>;

/** All that is in the SQLite database of a data directory, table by table, but when jobs ran: a server that runs does them whenever it gets to it. */
export function contentsOf(data: string): Record<string, Row[]> {
  const db = new DatabaseSync(join(data, 'yuding.db'), { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'jobs' ORDER BY name").all() as {
    name: string;
  }[];
  const contents = Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`SELECT * FROM ${name}`).all() as Row[]]));
  db.close();
  return contents;
}
