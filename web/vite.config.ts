import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, runnerImport, type Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = fileURLToPath(new URL('../dist/web/', import.meta.url));

/** The browser needs no schemas: of a method's definition it gets the name, the path and which headers it takes. */
function methodsOnly(): Plugin {
  return {
    name: 'methods-only',
    enforce: 'pre',
    load: {
      filter: { id: /\/src\/wire\/v1\/[\w-]+\.ts$/ },
      handler: methodsIn,
    },
  };
}

async function methodsIn(id: string): Promise<string> {
  const { module } = await runnerImport<Record<string, unknown>>(id, { configFile: false, logLevel: 'silent' });
  return Object.entries(module)
    .filter(([name]) => name.endsWith('Method'))
    .map(([name, value]) => {
      const { id: method_id, method, path, ifMatch, idempotent } = value as Record<string, unknown>;
      return `export const ${name} = ${JSON.stringify({ id: method_id, method, path, ifMatch, idempotent })};`;
    })
    .join('\n');
}

/** Which methods each scope opens, from the definitions themselves: `virtual:scopes`. */
function methodsOfScopes(): Plugin {
  const name = 'virtual:scopes';
  const wire = fileURLToPath(new URL('../src/wire/index.ts', import.meta.url));
  return {
    name: 'methods-of-scopes',
    resolveId: { filter: { id: /^virtual:scopes$/ }, handler: () => `\0${name}` },
    load: {
      filter: { id: /^\0virtual:scopes$/ },
      async handler() {
        const { module } = await runnerImport<{ endpoints: { method: string; path: string; scopes: string[] }[] }>(wire, {
          configFile: false,
          logLevel: 'silent',
        });
        const opens: Record<string, string[]> = {};
        for (const { method, path, scopes } of module.endpoints) for (const scope of scopes) (opens[scope] ??= []).push(`${method} ${path}`);
        return `export default ${JSON.stringify(opens)};`;
      },
    },
  };
}

/** What react-aria says in languages that the screens do not have stays away. */
function twoLanguages(): Plugin {
  return {
    name: 'two-languages',
    enforce: 'pre',
    load: {
      filter: { id: { include: /\/(?:@?react-aria|@?react-stately|react-aria-components)\/.*\/[a-z]{2}-[A-Z]{2}\.\w+$/, exclude: /\/(?:en-US|zh-CN)\.\w+$/ } },
      handler: () => 'export default {};',
    },
  };
}

/** react-aria empties what it has announced by an assignment of markup, which the content security policy refuses: each screen with a date would break. */
function emptiedWithoutMarkup(): Plugin {
  return {
    name: 'emptied-without-markup',
    transform: { filter: { id: /live-announcer/i, code: ".innerHTML = ''" }, handler: (code) => code.replaceAll(".innerHTML = ''", '.replaceChildren()') },
  };
}

export default defineConfig({
  root: here,
  logLevel: 'warn',
  plugins: [methodsOnly(), methodsOfScopes(), react(), twoLanguages(), emptiedWithoutMarkup()],
  // The router's stand-in for what React has had since 18.
  resolve: { alias: { 'use-sync-external-store/shim/index.js': 'react' } },
  build: {
    outDir: dist,
    emptyOutDir: true,
    target: 'es2022',
    // Nothing inline: the content security policy refuses it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
