import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tenantToken, type TestApp } from './support/app.ts';
import { plainEnvironment, Running } from './support/process.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  version: string;
  bin: Record<string, string>;
  exports: Record<string, Record<string, string>>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}
/** Of the project's directory, what no package is made of. */
const LEFT_OUT = ['.git', 'node_modules', 'dist', 'data', 'out', 'test', 'bench'];

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const manifest = readJson(join(root, 'package.json')) as Manifest;

describe('the packed package, installed without dev dependencies', () => {
  let place: string;
  let installed: string;

  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'yuding-package-'));
    const npm = (cwd: string, ...words: string[]) =>
      execFileSync('npm', words, { cwd, encoding: 'utf8', env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    // From a copy: packing builds, which would take dist/ away from under the tests beside this one.
    const copy = join(place, 'copy');
    cpSync(root, copy, { recursive: true, filter: (path) => !LEFT_OUT.includes(relative(root, path)) });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    npm(copy, 'pack', '--pack-destination', place);
    const tarball = readdirSync(place).find((name) => name.endsWith('.tgz')) ?? '';
    const project = join(place, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}');
    npm(project, 'install', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', join(place, tarball));
    installed = join(project, 'node_modules', 'yuding');
  });
  afterAll(() => {
    rmSync(place, { recursive: true });
  });

  const program = () => join(installed, '..', '.bin', 'yuding');

  it('has every file that its manifest promises, and neither sources nor tests', () => {
    const promised = [...Object.values(manifest.bin), ...Object.values(manifest.exports).flatMap((conditions) => Object.values(conditions))];
    expect(promised.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
    const top = readdirSync(installed);
    expect(top).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'dist']));
    for (const absent of ['src', 'test', 'scripts', 'data', 'node_modules']) expect(top).not.toContain(absent);
  });

  it('brings no dev dependency', () => {
    const modules = join(installed, '..');
    for (const name of Object.keys(manifest.devDependencies)) {
      if (!(name in manifest.dependencies)) expect(existsSync(join(modules, name)), name).toBe(false);
    }
  });

  it('tells its version', () => {
    expect(execFileSync(program(), ['--version'], { encoding: 'utf8', env: plainEnvironment() })).toBe(`${manifest.version}\n`);
  });

  it('serves the demo', async () => {
    await using server = new Running(program(), ['serve', '--demo', '--port', '0', '--data', join(place, 'data'), '--json']);
    await server.match(/\n$/);
    const { url, demo } = JSON.parse(server.stdout) as { url: string; demo: { app_id: string; app_secret: string } };
    expect(await tenantToken({ url } as TestApp, { appId: demo.app_id, appSecret: demo.app_secret })).toMatch(/^t-/);
    expect((await server.kill('SIGTERM')).code).toBe(0);
  });

  it('can be imported', async () => {
    const script = join(installed, '..', '..', 'script.js');
    writeFileSync(
      script,
      `import { createApp } from 'yuding';
      const app = await createApp({ data: ${JSON.stringify(join(place, 'imported'))}, port: 0, logLevel: 'silent' });
      const url = await app.start();
      const { status } = await fetch(url + '/readyz');
      await app.stop();
      console.log(status);`,
    );
    await using running = new Running(process.execPath, [script]);
    expect(await running.ended).toMatchObject({ code: 0, stdout: '200\n', stderr: '' });
  });
});

describe('the lock file', () => {
  interface Locked {
    resolved?: string;
    hasInstallScript?: boolean;
    optionalDependencies?: Record<string, string>;
  }
  const { packages } = readJson(join(root, 'package-lock.json')) as { packages: Record<string, Locked> };
  const names = Object.keys(packages).filter((path) => path !== '');
  const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

  /** Where Node would find a package from another: beside it, or beside one of those around it. */
  function isLocked(name: string, from: string): boolean {
    for (let place = from; ; place = posix.dirname(place)) {
      if (posix.join(place, 'node_modules', name) in packages) return true;
      if (place === '.' || place === '') return false;
    }
  }

  it('names no address, so that any registry will do', () => {
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((path) => packages[path]?.resolved !== undefined)).toEqual([]);
  });

  it('holds the optional packages of every platform, not only of the one it was made on', () => {
    const wanted = names.flatMap((path) => Object.keys(packages[path]?.optionalDependencies ?? {}).map((name) => ({ path, name })));
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.filter(({ path, name }) => !isLocked(name, path))).toEqual([]);
  });

  it('knows every install script, and the project runs none of them unseen', () => {
    const scripted = new Set(names.filter((path) => packages[path]?.hasInstallScript).map(nameOf));
    expect([...scripted].filter((name) => !(name in manifest.allowScripts))).toEqual([]);
  });
});
