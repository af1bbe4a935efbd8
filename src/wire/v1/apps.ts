import { Type, type Static } from 'typebox';
import { name } from '../values.ts';
import { cursor, defineMethod, instant, nextCursor, orNull, pageLimit, pathId, strict, strictPartial, v1Scopes } from './endpoint.ts';

const app = {
  id: Type.String({ description: 'What a client calls `app_id`' }),
  name: Type.String(),
  kind: Type.Enum(['custom', 'store'], { type: 'string', description: 'Of this tenant alone, or for any that installs it' }),
  own: Type.Boolean({ description: 'Whether this tenant made it; else it is only installed here' }),
  scopes: Type.Array(Type.String(), { description: 'What it may ask for' }),
  redirect_uris: Type.Array(Type.String(), { description: 'Where the authorize page may send people back to' }),
  creator_id: Type.String({ description: 'User whose permissions its tenant tokens have' }),
  created_at: instant('When it was registered'),
  revoked_at: orNull(instant('When it was closed for good; null: it is not')),
  last_token: orNull(instant('When it was last given a token, which it asks for again every 90 minutes while it is at work; null: none is known')),
  version: Type.Integer({ description: 'What ETag carries and If-Match names' }),
};
export const App = strict(app);
export type App = Static<typeof App>;

/** An app and its secret, which is shown this once. */
const AppWithSecret = strict({ ...app, secret: Type.String({ description: 'What a client calls `app_secret`; shown this once' }) });

const fields = {
  name: name('Name'),
  scopes: Type.Array(Type.String({ maxLength: 100, pattern: '^[A-Za-z0-9_]+([.:-][A-Za-z0-9_]+)*$' }), {
    maxItems: 100,
    uniqueItems: true,
    description: 'What it may ask for; through a token, none that the calling app itself lacks',
  }),
  redirect_uris: Type.Array(Type.String({ maxLength: 2000 }), {
    maxItems: 20,
    uniqueItems: true,
    description: 'Where the authorize page may send people back to, each to the character: `https`, or `http` on the loopback address',
  }),
};
const params = strict({ app_id: pathId('App') });
const scopes = [v1Scopes.admin];

export const listAppsMethod = defineMethod({
  id: 'v1.app.list',
  summary: 'List the apps of the tenant, revoked ones too',
  method: 'GET',
  path: '/api/v1/apps',
  scopes,
  query: Type.Object({ limit: pageLimit(50, 200), cursor: cursor() }),
  answer: strict({ apps: Type.Array(App), next_cursor: nextCursor() }),
});

export const createAppMethod = defineMethod({
  id: 'v1.app.create',
  summary: 'Register an app; its secret is shown in this answer and never again',
  method: 'POST',
  path: '/api/v1/apps',
  scopes,
  body: strict({
    name: fields.name,
    scopes: Type.Optional(fields.scopes),
    kind: Type.Optional(Type.Enum(['custom', 'store'], { type: 'string', description: 'Default `custom`: of this tenant alone' })),
    redirect_uris: Type.Optional(fields.redirect_uris),
  }),
  answer: AppWithSecret,
  status: 201,
});

export const getAppMethod = defineMethod({
  id: 'v1.app.get',
  summary: 'Read an app',
  method: 'GET',
  path: '/api/v1/apps/:app_id',
  scopes,
  params,
  answer: App,
});

export const changeAppMethod = defineMethod({
  id: 'v1.app.change',
  summary: 'Change an app; its scopes count at once, for tokens already given out too',
  method: 'PATCH',
  path: '/api/v1/apps/:app_id',
  scopes,
  params,
  body: strictPartial(fields),
  ifMatch: true,
  refusals: ['wrongState'],
  answer: App,
});

export const rotateAppMethod = defineMethod({
  id: 'v1.app.rotate',
  summary: 'Give an app a new secret; the old one and its tenant tokens stop working at once',
  method: 'POST',
  path: '/api/v1/apps/:app_id/rotate',
  scopes,
  params,
  refusals: ['wrongState'],
  answer: AppWithSecret,
});

export const revokeAppMethod = defineMethod({
  id: 'v1.app.revoke',
  summary: 'Close an app for good; all its tokens stop working at once',
  method: 'POST',
  path: '/api/v1/apps/:app_id/revoke',
  scopes,
  params,
  refusals: ['wrongState'],
  answer: App,
});
