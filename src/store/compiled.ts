import { CompiledQuery, type Compilable } from 'kysely';
import { dialectOf, type Dialect } from './dialect.ts';
import type { Queries } from './open.ts';

/** Stands for a value while a statement is built. */
class Place {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

type Values = Readonly<Record<string, unknown>>;

/**
 * A statement that is built once for each engine and then run with other values: for the few that are run so often that building
 * them would take longer than running them.
 *
 * @param names of its values
 * @param build given the values' places, which it may use as if they were the values
 */
export function compiled<Given extends Values, Row>(
  names: readonly (keyof Given & string)[],
  build: (db: Queries, values: Given) => Compilable<Row>,
): (db: Queries, values: Given) => Promise<Row[]> {
  const statements = new Map<Dialect, { text: string; parameters: readonly unknown[] }>();
  return async (db, values) => {
    const dialect = dialectOf(db);
    let statement = statements.get(dialect);
    if (!statement) {
      const places = Object.fromEntries(names.map((name) => [name, new Place(name)]));
      const { sql: text, parameters } = build(db, places as unknown as Given).compile();
      statements.set(dialect, (statement = { text, parameters }));
    }
    const parameters = statement.parameters.map((parameter) => (parameter instanceof Place ? values[parameter.name] : parameter));
    const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(statement.text, parameters));
    return rows;
  };
}
