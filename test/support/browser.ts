import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe, { type AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { FakeClock } from './clock.ts';

/** Where Debian puts it. */
export const CHROMIUM = '/usr/bin/chromium';
export const hasChromium = (): boolean => existsSync(CHROMIUM);

let launched: Promise<Browser> | undefined;

/** One browser for all tests of a process; it ends with it. */
function browser(): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-dev-shm-usage',
  ];
  return (launched ??= chromium.launch({ executablePath: CHROMIUM, args }));
}

export interface Look {
  theme?: 'light' | 'dark';
  language?: 'zh' | 'en';
  /** Of the window, in pixels. 390: a phone, with touch. */
  width?: number;
  /** Of the person who looks, `Asia/Shanghai` unless said otherwise. */
  timeZone?: string;
  /** Whether the browser runs scripts. */
  script?: boolean;
}

/** A person in front of a browser, who begins signed in when there is a session. */
export interface Visitor extends AsyncDisposable {
  page: Page;
  context: BrowserContext;
  /** What the page complained of: errors in its console, exceptions, reports of the content security policy. */
  complaints: string[];
}

/** The server as a browser finds it. */
interface Site {
  url: string;
  clock: FakeClock;
}

/**
 * Opens a window of its own at a path of the server. The page's clock stands where the server's does and then runs; turn both for time to pass.
 *
 * @param session cookie of `userSession`; empty: nobody is signed in
 */
export async function visit({ url, clock }: Site, path: string, session = '', look: Look = {}): Promise<Visitor> {
  const { theme = 'light', language = 'en', width = 1440, timeZone = 'Asia/Shanghai', script = true } = look;
  const isPhone = width < 600;
  const context = await (
    await browser()
  ).newContext({
    viewport: { width, height: isPhone ? 844 : 900 },
    hasTouch: isPhone,
    isMobile: isPhone,
    colorScheme: theme,
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: timeZone,
    javaScriptEnabled: script,
    reducedMotion: 'reduce',
    baseURL: url,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const [name = '', value] = session.split('=');
  if (value !== undefined) await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }]);
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.exposeFunction('reportViolation', (text: string) => complaints.push(text));
  await page.addInitScript(
    "document.addEventListener('securitypolicyviolation', (event) => reportViolation(`CSP: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`))",
  );
  await page.clock.setSystemTime(clock.now() * 1000);
  await page.goto(path);
  return { page, context, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Where pictures of the screens go, for people to look at. */
const PICTURES = fileURLToPath(new URL('../../out/screens/', import.meta.url));

/** Takes a picture of what is in sight: `out/screens/sign-in-light-en-1440.png`. */
export async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${PICTURES}${name}.png` });
}

/** Light, language and width in which a screen has to be good: two that differ in all of them, with FULL every combination. */
export const LOOKS: readonly Required<Pick<Look, 'theme' | 'language' | 'width'>>[] = (['light', 'dark'] as const)
  .flatMap((theme) => (['en', 'zh'] as const).flatMap((language) => [1440, 390].map((width) => ({ theme, language, width }))))
  .filter(
    ({ theme, language, width }) => process.env.FULL === '1' || [theme === 'dark', language === 'zh', width === 390].every((one, _i, all) => one === all[0]),
  );

/** `light-en-1440` */
export function nameOf({ theme, language, width }: (typeof LOOKS)[number]): string {
  return `${theme}-${language}-${String(width)}`;
}

/** What axe finds wrong with the page as it is, a line for each: rule, how bad, where. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${String(impact)}) ${target.join(' ')}: ${String(failureSummary)}`),
  );
}
