// `npm run bench`: builds the server and the measurements, then runs them. Options: see bench/main.ts.
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { build, external } from './build.js';

await build();
const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = await rolldown({
  cwd: root,
  input: { main: 'bench/main.ts', constant: 'bench/constant-server.ts' },
  platform: 'node',
  external,
});
await bundle.write({ dir: 'out/bench', format: 'esm', chunkFileNames: '[name]-[hash].js' });
await bundle.close();
await import('../out/bench/main.js');
