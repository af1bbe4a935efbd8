import { afterAll, describe, expect, it } from 'vitest';
import { issuePasswordLink, issueSetUpLink } from '../../src/domain/one-time-links.ts';
import { setPassword } from '../../src/domain/passwords.ts';
import { createUser } from '../../src/domain/users.ts';
import { AUTHORIZE_PATH } from '../../src/wire/authen/authorize.ts';
import { packSecret } from '../../src/wire/identifiers.ts';
import { tester, testApp, testTenant, userSession } from '../support/app.ts';
import { accessibilityFaults, LOOKS, nameOf, photograph, visit } from '../support/browser.ts';
import { asking, oauthClient } from '../support/oauth.ts';

/* The pages that the server makes itself, as a browser shows them. */
const oidc = { issuer: 'http://127.0.0.1:9', clientId: 'x', clientSecret: 'x', name: '云杉统一登录' };
const [app, withProvider, empty] = await Promise.all([testApp({ rateLimit: 0 }), testApp({ oidc }), testApp()]);
afterAll(() => Promise.all([app.stop(), withProvider.stop(), empty.stop()]));
const tenant = await testTenant(app);
await testTenant(withProvider);
const { tenantId } = tenant;
const EMAIL = 'kehan@example.com';
const PASSWORD = 'correct horse battery';
const userId = await createUser(app.ctx, tester, { tenantId, name: '可涵', email: EMAIL, managesMeetings: false, isAdministrator: false });
const hash = await app.ctx.passwords.hash(PASSWORD);
await app.ctx.db.transaction((tx) => setPassword(tx, tester, { tenantId, userId, hash, at: 0 }));
const session = await userSession(app, tenantId, userId);
const client = await oauthClient(app, tenant);
const setUp = await issueSetUpLink(empty.ctx);
const password = await issuePasswordLink(app.ctx, tester, tenantId, userId);

const pages: [name: string, site: typeof app, path: string, session?: string][] = [
  ['sign-in', app, '/sign-in'],
  ['sign-in-with-provider', withProvider, '/sign-in'],
  ['not-set-up', empty, '/sign-in'],
  ['set-up', empty, `/set-up?link=${setUp ? packSecret(0, setUp.secret) : ''}`],
  ['set-up-over', empty, '/set-up?link=x'],
  ['password', app, `/password?link=${packSecret(password.tenantId, password.secret)}`],
  ['account', app, '/account', session],
  ['consent', app, `${AUTHORIZE_PATH}?${new URLSearchParams(asking(client)).toString()}`, session],
];

describe.each(pages)('%s', (name, site, path, who) => {
  it.each(LOOKS)('shows without a fault: $theme $language $width', async (look) => {
    await using visitor = await visit(site, path, who, look);
    const { page, complaints } = visitor;
    await photograph(page, `${name}-${nameOf(look)}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    // A page that says that a link is over comes with the status of one.
    expect(complaints.filter((text) => !text.includes('404 (Not Found)'))).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});

describe('signing in', () => {
  it('goes on to where one wanted, by keyboard alone, with a password that was looked at', async () => {
    await using visitor = await visit(app, '/mine?tab=inbox');
    const { page, complaints } = visitor;
    await page.waitForURL('**/sign-in?next=**');
    await page.getByLabel('E-mail address').focus();
    await page.keyboard.type(EMAIL);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const input = page.getByLabel('Password', { exact: true });
    expect(await input.getAttribute('type')).toBe('text');
    expect(await input.inputValue()).toBe(PASSWORD);
    await input.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/mine?tab=inbox');
    await page.getByRole('navigation').waitFor();
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  });

  it('tells what went wrong, and counts down until the next try', async () => {
    await using visitor = await visit(app, '/sign-in');
    const { page } = visitor;
    const attempt = async () => {
      await page.getByLabel('E-mail address').fill('nobody@example.com');
      await page.getByLabel('Password', { exact: true }).fill('wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
    };
    await attempt();
    expect(await page.getByRole('alert').innerText()).toBe('The e-mail address or the password is wrong.');
    expect(await page.getByLabel('E-mail address').inputValue()).toBe('nobody@example.com');
    for (let i = 0; i < 10; i++) await attempt();
    expect(await page.getByRole('alert').innerText()).toContain('Too many tries failed');
    await page.getByText(/^Try again in 1[45]:\d\d\.$/).waitFor();
    expect(await page.getByRole('button', { name: 'Sign in' }).isDisabled()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('works without any script', async () => {
    await using visitor = await visit(app, '/sign-in?next=/account', '', { script: false });
    const { page } = visitor;
    await page.getByLabel('E-mail address').fill(EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/account');
    expect(await page.locator('strong').innerText()).toBe('可涵');
  });
});

it('the language that was chosen on one page is that of all pages and screens', async () => {
  await using visitor = await visit(app, '/sign-in?next=/mine', '', { language: 'en' });
  const { page } = visitor;
  await page.getByRole('link', { name: '中文' }).click();
  await page.getByRole('heading', { name: '登录' }).waitFor();
  await page.getByLabel('电子邮箱').fill(EMAIL);
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: '登录' }).click();
  await page.waitForURL('**/mine');
  await page.getByRole('button', { name: '可涵' }).click();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('link', { name: 'Account and password' }).click();
  await page.getByRole('heading', { name: 'Signed in' }).waitFor();
});

it('the light that was chosen on a screen is that of all pages', async () => {
  await using visitor = await visit(app, '/mine', session, { theme: 'light' });
  const { page } = visitor;
  await page.getByRole('button', { name: '可涵' }).click();
  await page.getByRole('button', { name: 'Dark' }).click();
  await page.goto('/account');
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(16, 19, 23)');
});

it('an empty server is set up with the link, by keyboard alone', async () => {
  await using site = await testApp();
  const link = await issueSetUpLink(site.ctx);
  await using visitor = await visit(site, `/set-up?link=${link ? packSecret(0, link.secret) : ''}`);
  const { page } = visitor;
  await page.getByLabel('Name of the organisation').focus();
  for (const text of ['云杉科技', '', '小王', 'wang@example.com', 'one fine password']) {
    if (text !== '') await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await page.getByLabel(/^Password/).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').waitFor();
  expect(await page.getByRole('button', { name: '小王' }).isVisible()).toBe(true);
});
