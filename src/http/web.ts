import { readFileSync, readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/*
 * The browser's files, as they were built: everything under /assets has its content's hash in its name and never changes, the
 * page itself is asked for anew each time. Compressed copies lie beside the files.
 */

/** Where the build puts them: beside the bundled program, or in `dist` when the program runs from its sources. */
const candidates = ['./web/', '../../dist/web/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Paths that the page itself divides among its screens. */
const SCREENS = ['/', '/rooms', '/rooms/*', '/mine', '/ledger', '/use', '/admin', '/admin/*'];

/** Nothing inline, nothing from elsewhere, no frame around it. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'";

/** Which build of the screens is served: another one has other files. Null: they were not built. */
export const buildOfScreens = ((root) => (root === undefined ? null : hashOf(readFileSync(`${root}index.html`, 'utf8'))))(candidates.find(isBuilt));

function hashOf(page: string): string {
  return createHash('sha256').update(page).digest('base64url').slice(0, 22);
}

/** Serves the browser's files; nothing where they were not built. */
export function mountWeb(server: FastifyInstance): void {
  const root = candidates.find(isBuilt);
  if (root === undefined) return;
  void server.register(fastifyStatic, { root, serve: false, preCompressed: true, dotfiles: 'deny' });

  const page = readFileSync(`${root}index.html`, 'utf8');
  const tag = `"${hashOf(page)}"`;
  const sendScreen = async (request: FastifyRequest, reply: FastifyReply) => {
    void reply.headers({ 'cache-control': 'no-cache', etag: tag, ...safety });
    if (request.headers['if-none-match'] === tag) return reply.code(304).send();
    return reply.header('content-type', 'text/html; charset=utf-8').send(page);
  };
  for (const url of SCREENS) server.get(url, { config: { access: 'open' } }, sendScreen);

  const sendFile = (name: string, cacheControl: string) => (_request: FastifyRequest, reply: FastifyReply) =>
    reply.headers({ 'cache-control': cacheControl, ...safety }).sendFile(name, { cacheControl: false });
  const assets = new Set(readdirSync(`${root}assets`).filter(isOriginal));
  server.get('/assets/*', { config: { access: 'open' } }, (request, reply) => {
    const name = (request.params as { '*': string })['*'];
    if (!assets.has(name)) {
      reply.callNotFound();
      return;
    }
    return sendFile(`assets/${name}`, 'public, max-age=31536000, immutable')(request, reply);
  });
  for (const name of readdirSync(root).filter((name) => isOriginal(name) && name.includes('.') && name !== 'index.html'))
    server.get(`/${name}`, { config: { access: 'open' } }, sendFile(name, 'no-cache'));
}

const safety = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
} as const;

function isBuilt(path: string): boolean {
  try {
    readFileSync(`${path}index.html`);
    return true;
  } catch {
    return false;
  }
}

/** Not one of the compressed copies. */
function isOriginal(name: string): boolean {
  return !/\.(br|gz)$/.test(name);
}
