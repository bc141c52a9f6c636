// SPDX-License-Identifier: MIT
// The settings page of OAuth consumers: a person adds one, an app uses it, and the person renews,
// edits and removes it; with and without JavaScript, on a desktop and on a phone.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {complaints, faultsOf} from './checks.mjs';
import {accounts, openBrowser, sandbox} from './support.mjs';

let running, home;
before(async () => {
  running = await sandbox();
  home = running.sandbox + '/acme/workspace/settings/api';
});
after(async () => await running?.stop());

const ways = {
  'a desktop': {viewport: {width: 1440, height: 1000}},
  'a phone in the dark': {viewport: {width: 360, height: 780}, colorScheme: 'dark'},
  // axe-core is a script, so that page is looked at by html-validate alone.
  'a browser without JavaScript': {viewport: {width: 1000, height: 800}, javaScriptEnabled: false},
};

async function grant(key, secret) {
  const answer = await fetch(running.sandbox + '/site/oauth2/access_token', {
    method: 'POST',
    headers: {Authorization: 'Basic ' + Buffer.from(`${key}:${secret}`).toString('base64')},
    body: new URLSearchParams({grant_type: 'password', ...accounts.alice}),
  });
  return {status: answer.status, ...await answer.json()};
}

const use = async (token) => (await fetch(running.sandbox + '/2.0/user', {
  headers: {Authorization: `Bearer ${token}`},
})).status;

for (const [way, options] of Object.entries(ways)) {
  test(`A consumer's whole life on ${way}`, async () => {
    const browser = await openBrowser([running.sandbox], options);
    const {page} = browser;
    const heard = [];
    page.on('console', (line) => {
      // The field that we fill in wrong; and Back to what was removed.
      const expected = /status of (400|404)/.test(line.text());
      if (['error', 'warning'].includes(line.type()) && !expected) heard.push(line.text());
    });
    const looked = async (name) => {
      assert.deepEqual(await faultsOf(await page.content()), [], name);
      if (options.javaScriptEnabled !== false) assert.deepEqual(await complaints(page), [], name);
      if (process.env.BBGRANT_SCREENSHOTS) {
        await page.screenshot({
          path: `${process.env.BBGRANT_SCREENSHOTS}/${name}-${way}.png`.replaceAll(' ', '-'),
          fullPage: true,
        });
      }
    };
    const shown = () => page.locator('[data-secret]').textContent();
    const leadingTo = (name) => page.locator('.rows a', {hasText: name});
    try {
      await page.goto(home);
      await looked('sign-in');
      await page.fill('#username', accounts.alice.username);
      await page.fill('#password', accounts.alice.password);
      await page.click('form:has(#password) button');
      await looked('list');
      await page.click('a:has-text("Add consumer")');
      await looked('add');
      await page.fill('#name', 'Robot');
      await page.fill('#callback_url', 'nowhere');
      await page.check('input[value="repository:write"]');
      await page.check('input[value="account"]');
      await page.click('form.long button');
      await page.waitForSelector('#callback_url-fault');
      await looked('bad field');
      assert.equal(await page.inputValue('#name'), 'Robot');
      assert.equal(await page.isChecked('input[value="repository:write"]'), true);
      await page.fill('#callback_url', 'http://localhost:4000/callback');
      await page.click('form.long button');
      const key = await page.locator('[data-key]').textContent();
      const secret = await shown();
      await looked('added');

      const token = await grant(key, secret);
      assert.equal(token.scopes, 'account repository:write');
      assert.equal(await use(token.access_token), 200);

      await page.click('a:has-text("Hide secret")');
      assert.equal(await page.locator('[data-secret]').count(), 0);
      await page.click('button:has-text("Show secret")');
      assert.equal(await shown(), secret);

      await page.click('a:has-text("New secret")');
      await looked('renew');
      await page.click('button:has-text("New secret")');
      const renewed = await shown();
      assert.equal((await grant(key, secret)).error, 'unauthorized_client');
      assert.equal(await use(token.access_token), 401);
      const next = await grant(key, renewed);

      await page.fill('#description', 'Tidies up');
      await page.selectOption('#profile', '2026');
      await page.click('form.long button');
      await page.waitForSelector('.rows');
      assert.match(await page.locator(`[id="${key}"]`).textContent(), /Tidies up[^]*2026/);
      assert.equal(await use(next.access_token), 200, 'an edit ends no token');
      assert.equal((await grant(key, renewed)).status, 400, 'no password grant in this profile');

      await leadingTo('Robot').click();
      await page.click('a:has-text("Remove")');
      await looked('remove');
      await page.click('button:has-text("Remove")');
      await page.waitForSelector('.rows');
      assert.equal(await leadingTo('Robot').count(), 0);
      assert.equal(await use(next.access_token), 401);
      await page.goBack();
      assert.doesNotMatch(await page.content(), new RegExp(renewed), 'S50');

      await page.goto(home);
      await page.click('button:has-text("Use another account")');
      await page.waitForSelector('#password');
      assert.equal(new URL(page.url()).pathname, new URL(home).pathname, 'and back here');
      assert.deepEqual(heard, []);
      assert.deepEqual(browser.outside, []);
    } finally {
      await browser.close();
    }
  });
}

test('A consumer is added by keyboard alone', async () => {
  const {page, close} = await openBrowser([running.sandbox]);
  const tabTo = async (what) => {
    for (let i = 0; i < 60; ++i) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((selector) => document.activeElement?.matches(selector), what)) return;
    }
    assert.fail(`no way to ${what} by the Tab key`);
  };
  try {
    await page.goto(home);
    await page.waitForSelector('#username:focus');
    await page.keyboard.type(accounts.alice.username);
    await page.keyboard.press('Tab');
    await page.keyboard.type(accounts.alice.password);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.rows');
    await tabTo('a[href$="/new"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#name');
    await tabTo('#name');
    await page.keyboard.type('By keyboard');
    await tabTo('input[value=account]');
    await page.keyboard.press('Space');
    await tabTo('form.long button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-secret]');
    assert.equal(await page.isChecked('input[value=account]'), true);
  } finally {
    await close();
  }
});
