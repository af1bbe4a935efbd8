import type { TestApp } from './app.ts';

/** What a page answered. Redirects are not followed. */
export interface PageAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** Where it redirects to; null: nowhere. */
  location: string | null;
  /** Cookies that it sets, `name=value` each; one that it takes away has no value. */
  cookies: string[];
}

/** How a browser sends a form of the server's own page. */
export const OWN_PAGE = { 'sec-fetch-site': 'same-origin' } as const;

export async function getPage(app: { url: string }, path: string, headers: Record<string, string> = {}): Promise<PageAnswer> {
  return answerOf(await fetch(app.url + path, { redirect: 'manual', headers }));
}

/** Sends a form, as its own page does unless `headers` say otherwise. */
export async function postForm(
  app: { url: string },
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = OWN_PAGE,
): Promise<PageAnswer> {
  return answerOf(await fetch(app.url + path, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) }));
}

async function answerOf(response: Response): Promise<PageAnswer> {
  const { status, headers } = response;
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
  return { status, headers, text: await response.text(), location: headers.get('location'), cookies };
}

/** The cookie of the session that an answer begins; empty when it begins none. */
export function sessionIn({ cookies }: PageAnswer): string {
  return cookies.findLast((cookie) => /^yuding=./.test(cookie)) ?? '';
}

export function signIn(app: { url: string }, email: string, password: string, more: Record<string, string> = {}): Promise<PageAnswer> {
  return postForm(app, '/sign-in', { email, password }, { ...OWN_PAGE, ...more });
}

/** Every row of every table of the database, but when jobs ran. */
export async function allRows(app: TestApp): Promise<Record<string, string[]>> {
  const tables = (await app.ctx.db.kysely.introspection.getTables()).map(({ name }) => name).filter((name) => !/^(schema_migrations|jobs)/.test(name));
  const rows: Record<string, string[]> = {};
  for (const table of tables.sort()) {
    rows[table] = (
      await app.ctx.db.kysely
        .selectFrom(table as 'users')
        .selectAll()
        .execute()
    )
      .map((row) => JSON.stringify(row))
      .sort();
  }
  return rows;
}
