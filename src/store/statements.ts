import type { KyselyConfig } from 'kysely';

/** Sees the statements as they are run: tests count and read them. */
export type OnStatement = (text: string, values: readonly unknown[]) => void;

/** Kysely's own statements, shown to `onStatement`. */
export function loggedTo(onStatement: OnStatement | undefined): Pick<KyselyConfig, 'log'> {
  return onStatement
    ? {
        log: ({ query }) => {
          onStatement(query.sql, query.parameters);
        },
      }
    : {};
}
