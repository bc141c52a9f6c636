// SPDX-License-Identifier: MIT
// The tour in Debian's Chromium, as a person meets it: with JavaScript and without, large and small.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {openBrowser, serve} from './support.mjs';

const rows = (page, state) => page.locator(`#rows .row.${state}`);
const runItAsAlice = 'button:has-text("Run it as alice")';

let running;
before(async () => running = await serve());
after(async () => await running?.stop());

/** Opens the tour; what the console complains of and what leaves the machine fails the test. */
async function withTour(options, body) {
  const browser = await openBrowser([running.app], options);
  const complaints = [];
  browser.page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  browser.page.on('pageerror', (error) => complaints.push(String(error)));
  try {
    await browser.page.goto(running.app + '/');
    await body(browser.page, browser);
    assert.deepEqual(complaints, [], 'the console is quiet');
    assert.deepEqual(browser.outside, [], 'nothing was asked of another host');
  } finally {
    await browser.close();
  }
}

async function signIn(page, username, password) {
  await page.fill('#username', username);
  await page.fill('#password', password);
  await Promise.all(
      [page.waitForNavigation(), page.click('#credentials button[type=submit]')]);
}

describe('the tour', () => {
  test('signs in as alice, lights six arrows and greets her', async () => {
    await withTour({}, async (page) => {
      assert.equal(await rows(page, 'next').count(), 1);
      await page.click(runItAsAlice);
      await page.waitForSelector('text=Hello, Alice Example >> visible=true');
      assert.equal(await rows(page, 'done').count(), 6);
      assert.match(page.url(), /#step-5$/);
      const drawer = page.locator('#drawer');
      assert.match(await drawer.innerText(), /access_token": "•+"/);
      assert.match(await page.locator('.top .chip').innerText(), /alice/);
      assert.match(await page.locator('.top .chip').innerText(), /[12]:\d\d:\d\d/);
    });
  });

  test('opens each lit arrow, raw, as curl and as C++, without loading the page anew', async () => {
    await withTour({}, async (page) => {
      await page.click(runItAsAlice);
      await page.waitForSelector('#rows .row.done');
      await page.evaluate(() => window.stillHere = true);
      await page.click('#drawer label:has-text("curl")');
      assert.match(await page.locator('#drawer .p2:visible').innerText(), /^curl 'http/);
      await page.click('#drawer label:has-text("C++")');
      assert.match(await page.locator('#drawer .p3:visible').innerText(), /password_grant/);
      await page.click('#message-4 .hit');
      await page.waitForSelector('#drawer h3:has-text("API call")');
      assert.match(await page.locator('#drawer').innerText(), /Authorization: Bearer •+/);
      assert.match(await page.locator('#drawer').innerText(), /"display_name": "Alice Example"/);
      await page.click('#drawer [aria-label="Close this exchange"]');
      await page.waitForSelector('#drawer', {state: 'detached'});
      assert.equal(await page.evaluate(() => window.stillHere), true);
    });
  });

  test('refuses bob and says why', async () => {
    await withTour({}, async (page) => {
      await signIn(page, 'bob', 'bob-password');
      assert.match(await page.locator('#result').innerText(),
                   /Refused: bob has two-step verification/);
      assert.equal(await rows(page, 'refused').count(), 1);
      assert.equal(await rows(page, 'never').count(), 3);
      assert.match(await rows(page, 'refused').innerText(), /400 invalid_request/);
    });
  });

  test('refuses a wrong password, keeps the name and not the password', async () => {
    await withTour({}, async (page) => {
      await signIn(page, 'alice', 'wrong');
      assert.match(await page.locator('#result').innerText(), /that is not alice's password/);
      assert.equal(await page.inputValue('#username'), 'alice');
      assert.equal(await page.inputValue('#password'), '');
    });
  });

  test('fills in a demo account with one click', async () => {
    await withTour({}, async (page) => {
      await page.click('.accounts button:has-text("carol")');
      assert.equal(await page.inputValue('#username'), 'carol');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      await page.waitForSelector('text=Hello, Carol');
    });
  });

  test('says which scope a call needs', async () => {
    await withTour({}, async (page) => {
      await page.click(runItAsAlice);
      await page.waitForSelector('#rows .row.done');
      await page.click('#calls li:has-text("/2.0/user/emails") button');
      await page.waitForSelector('text=Refused: the scope email is missing');
      assert.equal(await page.isChecked('#credentials input[value=email]'), true);
    });
  });

  test('S50: shows secrets only in the answer to the press, and never the password', async () => {
    await withTour({}, async (page) => {
      await page.click(runItAsAlice);
      await page.waitForSelector('#drawer');
      await page.click('#drawer button:has-text("Show secrets")');
      await page.waitForSelector('#drawer a:has-text("Hide secrets")');
      const shown = await page.locator('#drawer').innerText();
      const token = shown.match(/"access_token": "([^"•]+)"/)?.[1];
      assert.ok(token, 'the token is shown');
      assert.match(shown, /password=•+/);
      assert.ok(!page.url().includes(token));
      await page.click('#drawer a:has-text("Hide secrets")');
      await page.waitForSelector('#drawer button:has-text("Show secrets")');
      assert.ok(!(await page.content()).includes(token), 'and hidden again');
      const storage = await page.evaluate(
          () => JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}));
      assert.ok(!storage.includes(token));
    });
  });

  test('S50: after signing out, Back shows nothing', async () => {
    await withTour({}, async (page) => {
      await page.click(runItAsAlice);
      await page.waitForSelector('#rows .row.done');
      await Promise.all(
          [page.waitForNavigation(), page.click('form[action="/sign-out"] button')]);
      await page.waitForSelector('text=Signed out');
      await page.goBack();
      await page.waitForSelector('.chip.none');
      assert.equal(await page.locator('text=Hello, Alice').count(), 0);
    });
  });

  test('remembers the theme that was chosen', async () => {
    await withTour({colorScheme: 'light'}, async (page) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(await ground(), 'rgb(253, 253, 251)');
      await page.click('[data-theme-toggle]');
      assert.equal(await ground(), 'rgb(17, 19, 22)');
      await page.reload();
      assert.equal(await ground(), 'rgb(17, 19, 22)');
    });
  });

  test('follows the system into the dark', async () => {
    await withTour({colorScheme: 'dark'}, async (page) => {
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(ground, 'rgb(17, 19, 22)');
    });
  });
});

describe('the tour without JavaScript', () => {
  test('runs as alice, opens an exchange by its link, calls, refreshes and revokes', async () => {
    await withTour({javaScriptEnabled: false}, async (page) => {
      await page.click(runItAsAlice);
      await page.waitForSelector('#rows .row.done');
      assert.equal(await rows(page, 'done').count(), 6);
      await page.click('#message-4 .hit');
      await page.waitForSelector('#drawer h3:has-text("API call")');
      await page.click('#calls li:has-text("/2.0/user/workspaces") button');
      await page.waitForSelector('#message-4:has-text("/2.0/user/workspaces")');
      await page.click('form[action="/refresh"] button');
      await page.waitForSelector('#message-8.done');
      await page.click('form[action="/revoke"] button');
      await page.waitForSelector('#message-10.done');
    });
  });

  test('refuses bob by his own button', async () => {
    await withTour({javaScriptEnabled: false}, async (page) => {
      await page.click('.accounts button:has-text("bob")');
      await page.waitForSelector('#result:has-text("two-step verification")');
    });
  });
});

describe('the tour on a phone', () => {
  for (const width of [360, 390]) {
    test(`has nothing to scroll sideways at ${width} px`, async () => {
      await withTour({viewport: {width, height: 800}}, async (page) => {
        const overflow = () =>
            page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.equal(await overflow(), 0, 'at the start');
        await page.click(runItAsAlice);
        await page.waitForSelector('#strip-4 .strip-row.done');
        assert.equal(await overflow(), 0, 'after a run');
        assert.equal(await page.locator('#stage').isVisible(), false);
        await page.click('#strip-6 .strip-row:nth-child(2) a');
        await page.waitForSelector('#strip-6 .strip-drawer');
        assert.equal(await overflow(), 0, 'with an exchange open');
        await page.goto(running.app + '/terms');
        assert.equal(await overflow(), 0, 'on the terms');
      });
    });
  }
});
