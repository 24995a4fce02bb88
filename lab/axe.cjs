// Each page on a desktop and a phone, in light and dark.
const { chromium } = require('playwright-core');
const { look, schemes, sizes } = require('./look.cjs');
(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
  let serious = 0;
  for (const page of process.argv.slice(2)) {
    for (const [width, height] of sizes) {
      for (const colorScheme of schemes) {
        const context = await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: true });
        const tab = await context.newPage();
        await tab.goto('file://' + require('path').resolve(page));
        serious += await look(tab, `${page} ${width} ${colorScheme}`);
        await context.close();
      }
    }
  }
  await browser.close();
  process.exit(serious > 0 ? 1 : 0);
})();
