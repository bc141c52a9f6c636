// SPDX-License-Identifier: MIT
// Every page in every state: nothing that axe-core, html-validate or the console complains of, and
// nothing to scroll sideways on a phone.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {complaints, faultsOf} from './checks.mjs';
import {accounts, openBrowser, serve} from './support.mjs';

let running;
before(async () => running = await serve());
after(async () => await running?.stop());

async function signIn(page, {username, password}, scope) {
  await page.goto(running.app + '/#step-3');
  if (scope) {
    for (const box of await page.locator('#credentials input[name=scope]').all()) {
      await box.setChecked(scope.includes(await box.getAttribute('value')));
    }
  }
  await page.fill('#username', username);
  await page.fill('#password', password);
  await page.click('#credentials button[type=submit]');
  await page.waitForSelector('#rows .row.done, #rows .row.refused', {state: 'attached'});
}

async function call(page, path) {
  await page.goto(running.app + '/explorer');
  await page.fill('#path', path);
  await page.click('.call-line button');
  await page.waitForSelector('#answer, #fault');
}

const states = {
  'the start': async (page) => page.goto(running.app + '/'),
  'the tour, signed in': async (page) => signIn(page, accounts.alice),
  'the tour, refused': async (page) => signIn(page, accounts.bob),
  'the tour, renewed and revoked': async (page) => {
    await signIn(page, accounts.alice);
    await page.click('form[action="/refresh"] button');
    await page.waitForSelector('#message-8.done', {state: 'attached'});
    await page.click('form[action="/revoke"] button');
    await page.waitForSelector('#message-10.done', {state: 'attached'});
  },
  'the explorer, signed out': async (page) => page.goto(running.app + '/explorer'),
  'the explorer, answered': async (page) => {
    await signIn(page, accounts.alice);
    await call(page, '/2.0/repositories/acme?pagelen=1');
  },
  'the explorer, scope missing': async (page) => {
    await signIn(page, accounts.alice, ['account']);
    await call(page, '/2.0/user/emails');
  },
  'the explorer, not sent': async (page) => {
    await signIn(page, accounts.alice);
    await call(page, '/2.0/../x');
  },
  'the grants': async (page) => page.goto(running.app + '/grants'),
  'the grants, run': async (page) => {
    await page.goto(running.app + '/grants');
    await page.click('th form:has(input[value=client_credentials]) button');
    await page.waitForSelector('#client-credentials .ran a');
  },
  'the way out to sign in': async (page) => {
    await page.goto(running.app + '/grants');
    await page.click('th form:has(input[value=authorization_code]) button');
    await page.waitForURL(/\/leave/);
  },
  'the tour, secrets shown': async (page) => {
    await signIn(page, accounts.alice);
    await page.goto(running.app + '/?exchange=1#step-4');
    await page.click('button:has-text("Show secrets"):visible');
    await page.waitForSelector('a:has-text("Hide secrets")', {state: 'attached'});
  },
  'the tour, a dead token tried': async (page) => {
    await signIn(page, accounts.alice);
    await page.click('form[action="/revoke"] button');
    await page.click('form[action="/call"] button:has-text("dead token")');
    await page.waitForSelector('#rows .row.refused', {state: 'attached'});
  },
  'the tour, signed out': async (page) => {
    await signIn(page, accounts.alice);
    await page.click('form[action="/sign-out"] button');
    await page.waitForSelector('text=Signed out');
  },
  'the code': async (page) => page.goto(running.app + '/code'),
  'the terms': async (page) => page.goto(running.app + '/terms'),
  'a page that is not there': async (page) => page.goto(running.app + '/nothing'),
};

const ways = {
  'a desktop': {viewport: {width: 1440, height: 1000}},
  'a phone in the dark': {viewport: {width: 360, height: 780}, colorScheme: 'dark'},
};

for (const [way, options] of Object.entries(ways)) {
  describe(`on ${way}`, () => {
    for (const [name, reach] of Object.entries(states)) {
      test(name, async () => {
        const browser = await openBrowser([running.app], {...options, reducedMotion: 'reduce'});
        const heard = [];
        browser.page.on('console', (message) => {
          const expected = /status of (400|403|404)/.test(message.text());
          if (['error', 'warning'].includes(message.type()) && !expected) heard.push(message.text());
        });
        browser.page.on('pageerror', (error) => heard.push(String(error)));
        try {
          await reach(browser.page);
          assert.deepEqual([...heard, ...await complaints(browser.page)], []);
          assert.deepEqual(browser.outside, []);
          // As it is sent for this session, before any script.
          const sent = await browser.context.request.get(browser.page.url());
          assert.deepEqual(await faultsOf(await sent.text()), []);
          if (process.env.BBGRANT_SCREENSHOTS) {
            await browser.page.screenshot({
              path: `${process.env.BBGRANT_SCREENSHOTS}/${name}-${way}.png`.replaceAll(/[ ,]+/g, '-'),
            });
          }
        } finally {
          await browser.close();
        }
      });
    }
  });
}

test('the first load is under 100 KB', async () => {
  const browser = await openBrowser([running.app]);
  try {
    const client = await browser.context.newCDPSession(browser.page);
    await client.send('Network.enable');
    let bytes = 0;
    client.on('Network.loadingFinished', (event) => bytes += event.encodedDataLength);
    await browser.page.goto(running.app + '/', {waitUntil: 'networkidle'});
    assert.ok(bytes > 10_000 && bytes < 100_000, `${bytes} bytes`);
    console.log(`first load: ${bytes} bytes`);
  } finally {
    await browser.close();
  }
});

test('the whole tour by keyboard alone', async () => {
  const {page, close} = await openBrowser([running.app], {reducedMotion: 'reduce'});
  try {
    await page.goto(running.app + '/');
    const tabTo = async (what, most = 120) => {
      for (let i = 0; i < most; ++i) {
        await page.keyboard.press('Tab');
        if (await page.evaluate((selector) => document.activeElement?.matches(selector), what)) return;
      }
      assert.fail(`no way to ${what} by the Tab key`);
    };
    await page.keyboard.press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /Skip to the content/);
    await tabTo('.hero form button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#rows .row.done');
    await tabTo('#calls button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#calls li .resource-text', {state: 'attached'});
    await tabTo('form[action="/refresh"] button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#message-8.done');
    await tabTo('form[action="/revoke"] button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#message-10.done');
    await tabTo('#message-2 a.hit');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#drawer h3:has-text("Token request")');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#drawer', {state: 'detached'});
    await page.keyboard.press('p');
    await page.waitForSelector('html.projector');
    assert.equal(await page.locator('#rows .row.later').count(), 10);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelectorAll('#rows .row.later').length === 8);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('html.projector'));
  } finally {
    await close();
  }
});

test('printed, the tour is a handout of two sheets', async () => {
  const {page, close} = await openBrowser([running.app]);
  try {
    await signIn(page, accounts.alice);
    const printed = await page.pdf({format: 'A4', margin: {top: '12mm', bottom: '12mm'}});
    assert.equal(printed.toString('latin1').match(/\/Type \/Page\b/g).length, 2);
  } finally {
    await close();
  }
});

test('the explorer follows the links of an answer', async () => {
  const {page, close} = await openBrowser([running.app]);
  try {
    await signIn(page, accounts.alice);
    await call(page, '/2.0/repositories/acme?pagelen=1');
    await page.click('.next-page');
    await page.waitForFunction(() => document.getElementById('path').value.includes('page=2'));
    await page.fill('#search', 'emails');
    await page.waitForFunction(
        () => document.querySelectorAll('.group li:not([hidden])').length === 1);
  } finally {
    await close();
  }
});

test('explorer and grants do their work without JavaScript', async () => {
  const {page, close} = await openBrowser([running.app], {javaScriptEnabled: false});
  try {
    await signIn(page, accounts.alice, ['account', 'repository']);
    await call(page, '/2.0/repositories/acme?pagelen=1');
    assert.match(await page.locator('#answer').innerText(), /acme\/hello/);
    await page.click('.next-page');
    assert.match(await page.inputValue('#path'), /page=2/);
    await call(page, '/2.0/user/emails');
    assert.match(await page.locator('main').innerText(), /403[^]*email/);
    await page.goto(running.app + '/grants');
    await page.click('th form:has(input[value=client_credentials]) button');
    await page.goto(running.app + '/grants');
    await page.waitForSelector('#client-credentials .ran a');
    await page.click('th form:has(input[value=authorization_code]) button');
    assert.match(page.url(), /\/leave/);
    assert.match(await page.locator('main').innerText(), /code_challenge/);
  } finally {
    await close();
  }
});

test('the code shows one language at a time, without JavaScript too', async () => {
  const {page, close} = await openBrowser([running.app], {javaScriptEnabled: false});
  try {
    await page.goto(running.app + '/code');
    assert.equal(await page.locator('#password .cpp pre').isVisible(), true);
    await page.click('label[for=in-curl]');
    assert.equal(await page.locator('#password .cpp pre').isVisible(), false);
    assert.match(await page.locator('#password .curl pre').innerText(), /--data-urlencode/);
  } finally {
    await close();
  }
});
