// What people do with the server, in a browser.
const { createHmac } = require('crypto');
const { chromium } = require('playwright-core');
const { look, schemes, sizes } = require('./look.cjs');

const [base, setup, addons, shots] = process.argv.slice(2);
const password = 'marble otter seven lanterns';

/// RFC 6238, as an app for codes does it.
const code = (secret, step) => {
  const bits = [...secret].map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
};

let checks = 0;
const check = (fact, words) => {
  if (!fact) throw new Error(words);
  checks += 1;
};

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'] });
  const complaints = [];
  const open = async (options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const tab = await context.newPage();
    tab.on('console', (message) => { if (message.type() === 'error' && !/40[0-9]|42[0-9]/.test(message.text())) complaints.push(`${tab.url()}: ${message.text()}`); });
    tab.on('pageerror', (error) => complaints.push(`${tab.url()}: ${error}`));
    tab.on('dialog', (dialog) => dialog.accept());
    return tab;
  };
  const says = async (tab, text, words) => check((await tab.textContent('body')).includes(text), words || `the page ${tab.url()} does not say "${text}"`);
  const press = (tab, name) => tab.getByRole('button', { name, exact: true }).first().click();

  // The first owner.
  const tab = await open();
  await tab.goto(base + '/');
  check(tab.url().endsWith('/setup'), 'a new server does not lead to its set-up');
  const fill = async (where, fields) => { for (const [name, value] of Object.entries(fields)) await where.fill(`[name="${name}"]`, value); };
  const owner = { organisation: 'Agency North', name: 'Ada', email: 'ada@agency.example' };
  await fill(tab, { token: 'wrong', ...owner, password });
  await press(tab, 'Make the account');
  await says(tab, 'not the set-up token');
  await fill(tab, { token: setup, ...owner, password: 'short' });
  await press(tab, 'Make the account');
  await says(tab, 'at least 15 characters');
  await fill(tab, { token: setup, password });
  await press(tab, 'Make the account');
  await says(tab, 'Nothing is under care yet');

  // A deployment, by its form.
  await fill(tab, {});
  await tab.fill('form[action="/clients"] [name="name"]', 'Bakery');
  await press(tab, 'Add');
  await tab.goto(base + '/deployments/new');
  await tab.selectOption('[name="client"]', { label: 'Bakery' });
  await fill(tab, { name: 'Shop', environment: 'production', owner: 'Ben', tags: 'eu, retail', sql: 'postgresql://a:b@db/x' });
  await press(tab, 'Add it');
  await says(tab, 'the address holds a password');
  check(await tab.inputValue('[name="owner"]') === 'Ben', 'what was typed is gone after a mistake');
  await fill(tab, { sql: '', paths: addons, min_score: '80' });
  await press(tab, 'Add it');
  await says(tab, 'Settings of Shop');
  const id = tab.url().match(/deployments\/(\d+)/)[1];
  await fill(tab, { cron: 'nonsense' });
  await press(tab, 'Add');
  await says(tab, 'five fields');
  await tab.goBack();
  await fill(tab, { cron: '30 2 * * *', zone: 'Europe/Berlin' });
  await press(tab, 'Add');
  await says(tab, '30 2 * * *');
  await fill(tab, { rpc_url: 'http://127.0.0.1:9', rpc_login: 'auditor' });
  await press(tab, 'Save');
  await says(tab, 'missing');
  await fill(tab, { value: 'marked-s3cret-of-a-client' });
  await press(tab, 'Seal');
  await says(tab, 'given');
  check(!(await tab.content()).includes('marked-s3cret'), 'a credential came back');
  await fill(tab, { rpc_url: '' });
  await press(tab, 'Save');

  // A scan, whose end the page sees by itself.
  await tab.goto(`${base}/deployments/${id}`);
  await says(tab, 'There is no audit yet');
  await press(tab, 'Scan now');
  await tab.waitForSelector('.score', { timeout: 60000 });
  await says(tab, 'Checklist');
  await says(tab, 'score below 80');
  await tab.goto(base + '/');
  await says(tab, 'Shop');

  // A decision and a word about a finding.
  await tab.goto(`${base}/findings?deployment=${id}`);
  const before = await tab.locator('tbody tr').count();
  await tab.locator('tbody a[href^="/findings/"]').first().click();
  await tab.fill('textarea[name="text"]', 'We talked about <b>this</b>.');
  await press(tab, 'Say it');
  await says(tab, 'We talked about <b>this</b>.');
  await tab.selectOption('aside [name="state"]', 'accepted');
  await press(tab, 'Decide');
  await says(tab, 'needs a reason and a last day');
  await tab.goBack();
  await tab.selectOption('aside [name="state"]', 'accepted');
  await tab.fill('aside [name="until"]', '2999-01-31');
  await tab.fill('aside [name="reason"]', 'only in the test shop');
  await press(tab, 'Decide');
  await says(tab, 'only in the test shop');
  const finding = tab.url();
  // The score follows without a scan.
  await tab.goto(`${base}/deployments/${id}`);
  await tab.waitForFunction(() => /Audit 2,/.test(document.body.textContent), null, { timeout: 60000 });
  await tab.goto(`${base}/findings?deployment=${id}`);
  check(await tab.locator('tbody tr').count() === before - 1, 'what was accepted is still open after the next scan');
  await tab.goto(`${base}/findings?deployment=${id}&state=accepted`);
  check(await tab.locator('tbody tr').count() === 1, 'what was accepted is not listed');
  // Several at once.
  await tab.goto(`${base}/findings?deployment=${id}`);
  await tab.locator('[name="finding"]').nth(0).check();
  await tab.locator('[name="finding"]').nth(1).check();
  await tab.locator('details summary').first().click();
  await tab.fill('[name="owner"]', 'Cleo');
  await press(tab, 'Decide');
  check(await tab.locator('td[data-label="Mended by"]', { hasText: 'Cleo' }).count() === 2, 'two findings were not given to Cleo');

  // History and reports.
  await tab.goto(`${base}/deployments/${id}/history`);
  await says(tab, 'What changed from audit 1 to audit 2');
  await says(tab, '1 closed');
  for (const [format, start] of [['pdf', '%PDF'], ['html', '<!DOCTYPE'], ['csv', ''], ['json', '{'], ['sarif', '{']]) {
    const [download] = await Promise.all([tab.waitForEvent('download'), tab.locator('a', { hasText: new RegExp(`^${format}$`) }).first().click()]);
    const text = require('fs').readFileSync(await download.path(), 'latin1');
    check(text.length > 500 && text.startsWith(start), `the ${format} report is none`);
  }

  // A link to a report, for somebody without an account.
  await tab.locator('button', { hasText: /^Link$/ }).first().click();
  const link = (await tab.textContent('.secret')).trim();
  const reader = await open();
  check((await reader.goto(link)).status() === 200 && (await reader.textContent('body')).includes('Shop'), 'a link to a report shows none');
  check((await reader.request.get(`${link}/report.pdf`)).ok(), 'a link gives no PDF');
  await tab.goto(`${base}/deployments/${id}/history`);
  await says(tab, 'opened 2 times');
  await tab.locator('form[action^="/shares/"] button').click();
  check((await reader.goto(link)).status() === 404, 'a link that was ended still works');

  // The name of reports.
  await tab.goto(base + '/organisation');
  await fill(tab, { brand: 'Agency North', accent: '#ffff00' });
  await press(tab, 'Save');
  await says(tab, 'contrast');
  await tab.goBack();
  await fill(tab, { accent: '#123456', keep_days: '400' });
  await press(tab, 'Save');
  check(await tab.inputValue('[name="accent"]') === '#123456' && await tab.inputValue('[name="keep_days"]') === '400', 'the organisation is not as it was set');

  // Somebody is invited, and sees one client only.
  await tab.goto(base + '/people');
  await fill(tab, { email: 'ben@bakery.example' });
  await tab.selectOption('form[action="/people"] [name="role"]', 'client-viewer');
  await tab.selectOption('form[action="/people"] [name="client"]', { label: 'Agency North' });
  await press(tab, 'Invite');
  const invitation = (await tab.textContent('.secret')).trim();
  const ben = await open();
  await ben.goto(invitation);
  await fill(ben, { name: 'Ben', password });
  await press(ben, 'Take the invitation up');
  await fill(ben, { email: 'ben@bakery.example', password });
  await press(ben, 'Log in');
  check(!(await ben.textContent('main')).includes('Shop'), 'a client viewer sees another client');
  for (const path of [`/deployments/${id}`, new URL(finding).pathname, '/people', '/log', '/deployments/new']) {
    const answer = await ben.goto(base + path);
    check([403, 404].includes(answer.status()), `a client viewer gets ${answer.status()} of ${path}`);
  }
  await ben.goto(invitation);
  await says(ben, 'used up or over');

  // A channel for alerts.
  await tab.goto(base + '/alerts/channels');
  await says(tab, 'Nobody is told anything yet');
  await fill(tab, { name: 'On call', target: 'not an address' });
  await tab.selectOption('[name="kind"]', 'webhook');
  await press(tab, 'Add');
  await says(tab, 'write https://HOST');
  await tab.goBack();
  await fill(tab, { target: 'http://127.0.0.1:9/marked-s3cret-path', quiet_from: '22:00' });
  await press(tab, 'Add');
  await says(tab, 'quiet hours have a begin and an end');
  await tab.goBack();
  await fill(tab, { target: 'http://127.0.0.1:9/marked-s3cret-path', quiet_to: '07:00', zone: 'Europe/Berlin', group_seconds: '0' });
  await press(tab, 'Add');
  await says(tab, 'HMAC-SHA256');
  check(!(await tab.content()).includes('marked-s3cret'), 'the address of a webhook came back');
  await press(tab, 'Test On call');
  await says(tab, 'Castellan: a test');
  await says(tab, 'quiet 22:00 to 07:00 Europe/Berlin');

  // What happened, whom it concerns, and maintenance.
  await tab.goto(base + '/alerts');
  for (let i = 0; i < 80 && !(await tab.textContent('main')).includes('score below 80'); i++) { await tab.waitForTimeout(500); await tab.reload(); }
  await says(tab, 'score below 80');
  await tab.locator('form[action$="/seen"] button').first().click();
  await says(tab, 'by ada@agency.example');
  await tab.selectOption('[name="about"]', { label: 'Shop (Bakery)' });
  await fill(tab, { begins: '2999-01-31T22:00', hours: '3', reason: 'Upgrade to 18.0' });
  await press(tab, 'Plan it');
  await says(tab, '2999-01-31T22:00');

  // An agent takes part.
  await tab.goto(`${base}/deployments/${id}/edit`);
  await tab.locator('form[action$="/agents"] [name="name"]').fill('erp1');
  await press(tab, 'Let one take part');
  check(/^cse_/.test((await tab.textContent('.secret')).trim()), 'no token for an agent');
  await says(tab, 'castellan agent enrol --server');
  await tab.goto(`${base}/deployments/${id}`);
  await says(tab, 'invited');

  // A second factor, and a log-in with it.
  await tab.goto(base + '/me/second-factor');
  const secret = (await tab.textContent('.secret')).trim();
  await fill(tab, { code: '000000' });
  await press(tab, 'Set it up');
  await says(tab, 'not the one of now');
  await tab.goBack();
  await fill(tab, { code: code(secret, 0) });
  await press(tab, 'Set it up');
  const recovery = (await tab.innerText('.secret')).trim().split('\n')[0];
  const again = await open();
  await again.goto(base + '/log');
  await fill(again, { email: owner.email, password });
  await press(again, 'Log in');
  await says(again, 'is wrong');
  await fill(again, { password, code: code(secret, 1) });
  await press(again, 'Log in');
  check(again.url().endsWith('/log'), 'after the log-in it does not go on where it was to go');
  await says(again, 'follows from the one before');
  await press(again, 'Log out');
  for (const right of [true, false]) {
    await again.goto(base + '/login');
    await fill(again, { email: owner.email, password, code: recovery });
    await press(again, 'Log in');
    check(again.url().endsWith('/login') !== right, right ? 'a recovery code does not work' : 'a recovery code works twice');
    if (right) await press(again, 'Log out');
  }
  // A form of another session is not taken.
  const forged = await tab.evaluate(async () => (await fetch('/deployments/1/remove', { method: 'POST', body: new URLSearchParams({ csrf: 'x', sure: 'Shop' }) })).status);
  check(forged === 403, `a forged form gets ${forged}`);
  // Somebody without an account looks at a site: this one, which is no Odoo.
  const stranger = await open();
  await stranger.goto(base + '/login');
  await stranger.getByRole('link', { name: 'Check an Odoo from outside' }).click();
  await stranger.fill('[name="site"]', 'ftp://erp.example.com');
  await stranger.check('[name="consent"]');
  await press(stranger, 'Look at it');
  await says(stranger, 'only sites of http');
  await stranger.fill('[name="site"]', base);
  await stranger.check('[name="consent"]');
  await press(stranger, 'Look at it');
  await stranger.waitForURL(/\/check\/.+/);
  const looking = new URL(stranger.url()).pathname;
  await stranger.getByText('no Odoo').first().waitFor({ timeout: 120000 });
  await says(stranger, base);
  check(!(await stranger.textContent('body')).includes('of 100'), 'a look from outside judges a whole installation');
  await stranger.context().close();

  // A passkey, with an authenticator of the browser: bound to one name, and then the only thing that is needed.
  await tab.goto(base + '/me');
  await tab.fill('[data-passkey] [name="name"]', 'Telephone');
  await press(tab, 'Add a passkey');
  const named = base.replace('127.0.0.1', 'localhost');
  await tab.getByText(`bound to one address. Open ${named}`).waitFor();
  const phone = await open();
  const cookies = (await tab.context().cookies()).map((cookie) => ({ ...cookie, domain: 'localhost' }));
  await phone.context().addCookies(cookies);
  const devtools = await phone.context().newCDPSession(phone);
  await devtools.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  await phone.goto(named + '/me');
  await phone.fill('[data-passkey] [name="name"]', 'Telephone');
  await press(phone, 'Add a passkey');
  await phone.getByRole('cell', { name: 'Telephone', exact: true }).waitFor();
  await phone.context().clearCookies();
  await phone.goto(named + '/findings');
  check(new URL(phone.url()).pathname === '/login', 'without a session there is no way in');
  await press(phone, 'Log in with a passkey');
  await phone.waitForURL(named + '/findings');
  checks += 1;
  await phone.goto(named + '/me');
  await press(phone, 'End Telephone');
  await says(phone, 'no password, no code');
  check(!(await phone.textContent('body')).includes('Telephone'), 'a passkey that was ended is still listed');
  await phone.context().clearCookies();
  await phone.goto(named + '/login');
  await press(phone, 'Log in with a passkey');
  await phone.getByText('opens no account here').waitFor();
  await phone.context().close();

  // Everything by keyboard: the first stop leads to the content.
  await tab.goto(base + '/');
  await tab.keyboard.press('Tab');
  check(await tab.evaluate(() => document.activeElement.className) === 'skip', 'the first stop of the keyboard is not the way to the content');

  // Every page, looked at.
  await tab.request.post(`${base}/api/v1/clients`, { headers: { 'x-csrf-token': (await (await tab.request.get(`${base}/api/v1/me`)).json()).csrf }, data: { name: 'Florist' } });
  const pages = { portfolio: '/', deployment: `/deployments/${id}`, settings: `/deployments/${id}/edit`, add: '/deployments/new', history: `/deployments/${id}/history`,
    findings: '/findings', finding: new URL(finding).pathname, scans: '/scans', alerts: '/alerts', channels: '/alerts/channels', people: '/people', organisation: '/organisation', log: '/log', account: '/me', factor: '/me/second-factor', missing: '/nowhere' };
  const outdoors = { login: '/login', check: '/check', checked: looking };
  const state = await tab.context().storageState();
  let serious = 0;
  for (const [width, height] of sizes) {
    for (const colorScheme of schemes) {
      const inside = await open({ viewport: { width, height }, colorScheme, storageState: state, bypassCSP: true });
      const outside = await open({ viewport: { width, height }, colorScheme, bypassCSP: true });
      for (const [name, path] of [...Object.entries(pages), ...Object.entries(outdoors)]) {
        const one = name in outdoors ? outside : inside;
        await one.goto(base + path);
        if (shots) await one.screenshot({ path: `${shots}/${name}-${width}-${colorScheme}.png`, fullPage: true });
        serious += await look(one, `${name} ${width} ${colorScheme}`);
      }
      await inside.context().close();
      await outside.context().close();
    }
  }
  for (const one of complaints) console.log(`the browser complains: ${one}`);
  console.log(`${checks} steps checked`);
  await browser.close();
  process.exit(serious > 0 || complaints.length > 0 ? 1 : 0);
})().catch((error) => { console.error(error); process.exit(1); });
