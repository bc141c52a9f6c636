// SPDX-License-Identifier: MIT
// The authorization code grant by a person: the app sends the browser to the sandbox's pages, which
// send it back, under the Content-Security-Policy that both really have.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {after, before, test} from 'node:test';
import {complaints, faultsOf} from './checks.mjs';
import {accounts, openBrowser, serve} from './support.mjs';

let running;
before(async () => running = await serve());
after(async () => await running?.stop());

async function withBrowser(options, work) {
  const browser = await openBrowser([running.app, running.sandbox], options);
  const errors = [];
  browser.page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
  try {
    await work(browser.page);
    assert.deepEqual(errors, [], 'nothing was blocked, nothing failed');
    assert.deepEqual(browser.outside, []);
  } finally {
    await browser.close();
  }
}

async function signInAtSandbox(page, {username, password}) {
  await page.goto(running.app + '/grants');
  await page.locator('form[action="/run"]:has(input[value=authorization_code]) button').first().click();
  await page.waitForURL(running.app + '/leave');
  await accessible(page);
  await page.click('main a:has-text("Go on to")');
  await page.waitForURL(running.sandbox + '/**');
  await accessible(page);
  await page.fill('#username', username);
  await page.fill('#password', password);
  await page.click('form:has(#password) button[type=submit]');
}

async function accessible(page) {
  assert.deepEqual(await complaints(page), []);
  assert.deepEqual(await faultsOf(await page.content()), []);
}

test('Allowed, the app has a token', async () => {
  await withBrowser({}, async (page) => {
    await signInAtSandbox(page, accounts.alice);
    await page.waitForSelector('button[value=allow]');
    await accessible(page);
    await page.click('button[value=allow]');
    await page.waitForURL(running.app + '/**');
    assert.doesNotMatch(page.url(), /code=/);
    await page.goto(running.app + '/');
    assert.match(await page.textContent('body'), /authorization_code/, 'the tour shows the exchange');
    assert.equal(await page.locator('#rows .row.done').count() > 0, true);
  });
});

test('Refused, the app says so', async () => {
  await withBrowser({colorScheme: 'dark', viewport: {width: 360, height: 740}}, async (page) => {
    await signInAtSandbox(page, accounts.alice);
    await page.click('button[value=deny]');
    await page.waitForURL(running.app + '/**');
    assert.match(await page.textContent('body'), /access_denied/);
  });
});

test('A two-step user gives a code of the phone as well', async () => {
  await withBrowser({}, async (page) => {
    await signInAtSandbox(page, accounts.bob);
    await page.waitForSelector('input[autocomplete="one-time-code"]');
    await accessible(page);
    const shown = (await page.textContent('main')).match(/\b\d{3} ?\d{3}\b/)[0].replace(' ', '');
    await page.fill('input[autocomplete="one-time-code"]', shown);
    await page.click('form:has(input[autocomplete="one-time-code"]) button[type=submit]');
    await page.click('button[value=allow]');
    await page.waitForURL(running.app + '/**');
  });
});

test('S19 the page to sign in is not shown in a frame', async () => {
  const stranger = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html');
    answer.end(`<iframe src="${running.sandbox}/site/oauth2/authorize"></iframe>`);
  });
  await new Promise((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${stranger.address().port}`;
  const browser = await openBrowser([origin, running.sandbox]);
  try {
    const refused = browser.page.waitForEvent('console', (line) => /frame/i.test(line.text()));
    await browser.page.goto(origin);
    assert.match((await refused).text(), /frame-ancestors|X-Frame-Options/i);
  } finally {
    await browser.close();
    stranger.close();
  }
});
