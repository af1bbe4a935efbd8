import { it } from 'vitest';
import { testApp } from '../support/app.ts';
import { accessibilityFaults, visit } from '../support/browser.ts';
import { busyOffice } from '../support/busy-office.ts';

const app = await testApp();
const { ada, rooms, office } = await busyOffice(app);
const looks = [['light', 'en', 1440], ['dark', 'zh', 1440], ['light', 'zh', 390], ['dark', 'en', 390]] as const;
it('pictures', async () => {
  for (const [theme, language, width] of looks) {
    for (const [name, path, who] of [['booked', '/mine', ada], ['approvals', '/mine?tab=approvals', ada], ['inbox', '/mine?tab=inbox', ada], ['room', `/rooms/${rooms.pine.roomId}`, ada], ['free', `/rooms/${rooms.bamboo.roomId}`, office.chief], ['disabled', `/rooms/${rooms.spare.roomId}`, ada]] as const) {
      await using visitor = await visit(app, path, who.credential, { theme, language, width });
      const { page, complaints } = visitor;
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      if (name === 'free') await page.locator('summary').click().then(() => page.locator('.room-code svg').waitFor());
      if (name === 'booked') await page.getByRole('button', { name: /earlier|更早/ }).click();
      await page.screenshot({ path: `/tmp/e-${name}-${String(width)}-${theme}.png`, fullPage: true });
      console.log(name, theme, language, width, complaints, await accessibilityFaults(page));
    }
  }
}, 180_000);
