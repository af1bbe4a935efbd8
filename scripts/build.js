// Bundles the server for Node: one file to load instead of a thousand starts twice as fast.
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Packages with binaries in them: they stay where they are. */
export const external = ['@node-rs/argon2', '@photostructure/sqlite'];
const stamp = join(root, 'dist', 'built');

/** Whether what is built is older than what it is built from. */
export function isStale() {
  const built = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = ['src', 'scripts'].flatMap((directory) => readdirSync(join(root, directory), { recursive: true }).map((name) => join(root, directory, name)));
  return [...sources, join(root, 'package.json')].some((path) => statSync(path).mtimeMs > built);
}

export async function build() {
  const { rolldown } = await import('rolldown');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const bundle = await rolldown({
    cwd: root,
    input: { yuding: 'src/main.ts', app: 'src/app.ts' },
    platform: 'node',
    external,
  });
  await bundle.write({ dir: join(root, 'dist'), format: 'esm', sourcemap: false, chunkFileNames: '[name]-[hash].js' });
  await bundle.close();
  chmodSync(join(root, 'dist', 'yuding.js'), 0o755);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, '');
}

if (process.argv[1] === fileURLToPath(import.meta.url) && (isStale() || !process.argv.includes('--if-stale'))) await build();
