// `npm start`: builds when something changed since the last build, then serves the demo.
import { build, isStale } from './build.js';

if (isStale()) {
  try {
    await build();
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    console.error('dist/ is missing or out of date, and the build tools are not installed: run `npm ci` without --omit=dev, or use a packed release');
    process.exit(1);
  }
}
// npm does not pass a signal on when it is not in the foreground; without npm there is nobody left to serve for.
const npm = process.ppid;
setInterval(() => process.ppid === npm || process.kill(process.pid, 'SIGTERM'), 500).unref();

process.argv.push('serve', '--demo', ...process.argv.splice(2));
await import('../dist/yuding.js');
