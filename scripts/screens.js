// `npm run screens`: takes the pictures of the README, of the demo on a Wednesday morning, by Debian's Chromium.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { build } from './build.js';

/** Next Wednesday, 10:40 in Shanghai: ahead, so that the server's clock only has to be turned on. */
function wednesday() {
  const day = Math.floor(Date.now() / 86_400_000) + 1;
  const untilWednesday = (10 - ((day + 4) % 7)) % 7;
  return (day + untilWednesday) * 86_400 + 2 * 3600 + 40 * 60;
}

/** The four that stand in the README: name, look, what is done before the picture is taken. */
const PICTURES = [
  ['rooms', { language: 'en-GB', colorScheme: 'light', width: 1440, height: 860 }, '/rooms'],
  ['ledger', { language: 'zh-CN', colorScheme: 'light', width: 1440, height: 860 }, '/ledger?topics=1'],
  ['utilisation', { language: 'en-GB', colorScheme: 'dark', width: 1440, height: 860 }, '/use'],
  ['phone', { language: 'zh-CN', colorScheme: 'dark', width: 390, height: 760 }, '/rooms'],
];

await build();
const data = mkdtempSync(join(tmpdir(), 'yuding-screens-'));
const at = wednesday();
const { email, password } = JSON.parse(
  execFileSync(process.execPath, ['dist/yuding.js', 'demo', '--at', String(at), '--data', data, '--json'], { encoding: 'utf8' }),
);
const server = spawn(process.execPath, ['dist/yuding.js', 'serve', '--test-clock', '--port', '0', '--json', '--data', data], {
  env: { ...process.env, YUDING_LOG_LEVEL: 'warn' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const [line] = await once(createInterface(server.stdout), 'line');
  const { url } = JSON.parse(line);
  for (const [name, look, path] of PICTURES) await takePicture(url, name, look, path);
} finally {
  await browser.close();
  server.kill();
  await once(server, 'exit');
  rmSync(data, { recursive: true });
}

async function takePicture(url, name, { language, colorScheme, width, height }, path) {
  const isPhone = width < 600;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    locale: language,
    colorScheme,
    timezoneId: 'Asia/Shanghai',
    isMobile: isPhone,
    hasTouch: isPhone,
  });
  const page = await context.newPage();
  await page.clock.setSystemTime(at * 1000);
  await page.goto('/sign-in');
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').waitFor();
  const turned = await page.evaluate(
    (now) =>
      fetch('/api/v1/test-clock', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ now }) }).then(({ ok }) => ok),
    at,
  );
  if (!turned) throw new Error('the clock could not be turned');
  await page.goto(path);
  await page.locator('.rooms-bar, tbody tr, svg').first().waitFor();
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: `docs/screens/${name}.png`, animations: 'disabled' });
  await context.close();
}
