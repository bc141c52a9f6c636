// SPDX-License-Identifier: MIT
// What goes wrong: servers that say anything, that do not answer or are gone; sessions that ended,
// double clicks, Back, two tabs. Each page says what happened and how to go on, keeps what was typed
// but for the password, and runs nothing that a server wrote.
import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {complaints, faultsOf} from './checks.mjs';
import {accounts, openBrowser, serve} from './support.mjs';

const markup = '<script>window.hit = 1</script><img src=x onerror="window.hit = 1">"\'&{{csrf}}';
const bidi = 'abc\u202Edcba\u2066\u200F';
const megabyte = 'A'.repeat(1_000_000);

/** A server that answers as told; `asked` are the requests that came. */
async function scripted() {
  const asked = [];
  const script = {token: null, api: null};
  const server = createServer((request, answer) => {
    // /healthcheck looks at a loopback server once a second.
    if (request.method === 'GET' && !request.url.startsWith('/2.0')) {
      answer.writeHead(405).end();
      return;
    }
    asked.push(`${request.method} ${request.url}`);
    const said = request.url.startsWith('/2.0') ? script.api : script.token;
    request.resume().on('end', () => said === null ? answer.destroy() : said(answer, request));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const stop = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return {origin, asked, script, stop};
}

const json = (status, body, headers = {}) => (answer) => {
  answer.writeHead(status, {'Content-Type': 'application/json', ...headers});
  answer.end(JSON.stringify(body));
};
const token = (more = {}) => json(200, {access_token: 'a-token', token_type: 'bearer', expires_in: 7200, ...more});

let folder, server, running;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bbgrant-trouble-'));
  server = await scripted();
  await writeFile(join(folder, 'config.json'), JSON.stringify({
    consumerKey: 'key',
    consumerSecret: 'secret',
    server: {
      authorizeUrl: server.origin + '/authorize',
      tokenUrl: server.origin + '/token',
      revokeUrl: server.origin + '/revoke',
      apiUrl: server.origin,
    },
  }));
  running = await serve(['--config', join(folder, 'config.json')]);
});
after(async () => {
  await running?.stop();
  await server?.stop();
  await rm(folder, {recursive: true, force: true});
});

async function visit(work, options = {}) {
  const browser = await openBrowser([running.app, server.origin], {reducedMotion: 'reduce', ...options});
  try {
    await browser.page.goto(running.app + '/');
    await work(browser.page, browser.context);
    assert.equal(await browser.page.evaluate(() => window.hit), undefined, 'nothing of a server runs');
    assert.deepEqual(browser.outside, []);
  } finally {
    await browser.close();
  }
}

async function signIn(page, name = 'somebody') {
  await page.fill('#username', name);
  await page.fill('#password', 'secret-of-theirs');
  await Promise.all([page.waitForNavigation(), page.click('#credentials button[type=submit]')]);
}

async function fine(page) {
  assert.deepEqual(await complaints(page), []);
  assert.deepEqual(await faultsOf(await page.content()), []);
}

describe('S46 what a server says is shown as text', () => {
  const hostile = markup + bidi;
  const answers = {
    'in a refusal': {token: json(400, {error: hostile, error_description: hostile})},
    'in a token': {token: token({scope: hostile, state: hostile, [hostile]: hostile})},
    'in data': {
      token: token(),
      api: json(200, {display_name: hostile, nickname: hostile, [hostile]: {href: 'javascript:window.hit=1'}}),
    },
    'in headers': {token: token(), api: json(500, {error: {message: hostile}}, {'X-Odd': markup})},
    'in a page': {
      token: (answer) => {
        answer.writeHead(502, {'Content-Type': 'text/html'});
        answer.end(`<html><body>${hostile}</body></html>`);
      },
    },
  };
  for (const [where, {token: fromToken, api = json(200, {})}] of Object.entries(answers)) {
    test(where, async () => {
      Object.assign(server.script, {token: fromToken, api});
      await visit(async (page) => {
        await signIn(page);
        await fine(page);
        for (const address of ['/', '/explorer', '/grants', '/?exchange=2']) {
          await page.goto(running.app + address);
          assert.equal(await page.locator('script:not([src])').count(), 0, address);
          assert.equal(await page.locator('img').count(), 0, address);
          assert.doesNotMatch(await page.content(), /[\u202a-\u202e\u2066-\u2069]/, address);
        }
      });
    });
  }

  const sizes = {
    'error': {token: json(400, {error: 'invalid_grant', error_description: megabyte})},
    'scope': {token: token({scope: megabyte})},
    'member': {token: token({odd: megabyte})},
    'name': {token: token(), api: json(200, {display_name: megabyte})},
    'quotes': {token: token(), api: json(200, {display_name: '<&"'.repeat(250_000)})},
    'page': {token: (answer) => answer.end(megabyte)},
  };
  for (const [where, {token: fromToken, api = json(200, {})}] of Object.entries(sizes)) {
    test(`a megabyte of ${where} leaves the page small`, async () => {
      Object.assign(server.script, {token: fromToken, api});
      await visit(async (page) => {
        await signIn(page);
        for (const address of ['/', '/?exchange=2', '/grants', '/transcript.md']) {
          const bytes = (await (await page.context().request.get(running.app + address)).body()).length;
          // Escaped, a byte takes up to six; the transcript is asked for in full.
          const most = address === '/transcript.md' ? 1_200_000 : 600_000;
          assert.ok(bytes < most, `${address}: ${bytes} bytes`);
        }
        assert.equal(await page.evaluate(
            () => document.documentElement.scrollWidth > document.documentElement.clientWidth), false);
      });
    });
  }
});

describe('servers in trouble', () => {
  const lesson = (page) => page.locator('#result').innerText();

  test('hung up without an answer: it says so, and keeps the name and the scopes', async () => {
    server.script.token = (answer) => answer.destroy();
    await visit(async (page) => {
      await page.setChecked('#credentials input[value=pullrequest]', true);
      await signIn(page, 'their name');
      assert.match(await lesson(page), /No answer from the server/);
      assert.match(await lesson(page), /What to do/);
      assert.equal(await page.inputValue('#username'), 'their name');
      assert.equal(await page.inputValue('#password'), '');
      assert.equal(await page.isChecked('#credentials input[value=pullrequest]'), true);
      await fine(page);
    });
  });

  test('too busy: it says how long to wait', async () => {
    server.script.token = json(429, {error: 'slow_down'}, {'Retry-After': '30'});
    await visit(async (page) => {
      await signIn(page);
      assert.match(await lesson(page), /Wait 30 seconds/);
    });
  });

  test('the API is broken: the token stays, the call says what came', async () => {
    Object.assign(server.script, {token: token(), api: json(503, {error: {message: 'maintenance'}})});
    await visit(async (page) => {
      await signIn(page);
      assert.match(await lesson(page), /503/);
      assert.equal(await page.locator('.chip.alive').count(), 1);
      await fine(page);
    });
  });

  test('expired: it says so, and offers to renew', async () => {
    Object.assign(server.script, {
      token: token({expires_in: 0, refresh_token: 'again'}),
      api: json(401, {error: {message: 'Access token expired.'}}),
    });
    await visit(async (page) => {
      await signIn(page);
      assert.match(await lesson(page), /the token is not good any more/);
      assert.match(await page.locator('.chip').innerText(), /expired/);
      assert.equal(await page.locator('#result form[action="/refresh"] button').count(), 1);
      await fine(page);
    });
  });
});

describe('people in trouble', () => {
  test('a session that ended: nothing is sent, the name is kept', async () => {
    Object.assign(server.script, {token: token(), api: json(200, {})});
    await visit(async (page, context) => {
      await context.clearCookies();
      const before = server.asked.length;
      await signIn(page, 'their name');
      assert.equal(server.asked.length, before);
      assert.match(await page.locator('main').innerText(), /again/);
      assert.equal(await page.inputValue('#username'), 'their name');
      assert.equal(await page.inputValue('#password'), '');
      await fine(page);
      await signIn(page, 'their name');
      assert.equal(await page.locator('.chip.alive').count(), 1, 'the second time it works');
    });
  });

  test('a double click sends once', async () => {
    let answer;
    const asked = new Promise((resolve) => server.script.token = (later) => resolve(answer = later));
    server.script.api = json(200, {});
    await visit(async (page) => {
      const before = server.asked.filter((line) => line === 'POST /token').length;
      await page.fill('#username', 'somebody');
      await page.fill('#password', 'secret-of-theirs');
      await page.dblclick('#credentials button[type=submit]', {noWaitAfter: true});
      await asked;
      token()(answer);
      await page.waitForSelector('.chip.alive');
      assert.equal(server.asked.filter((line) => line === 'POST /token').length, before + 1);
    });
  });

  test('Back leads to a page that works, without the password', async () => {
    Object.assign(server.script, {token: token(), api: json(200, {})});
    await visit(async (page) => {
      await signIn(page, 'their name');
      await page.goto(running.app + '/terms');
      await page.goBack();
      await page.goBack();
      assert.equal(await page.inputValue('#password'), '');
      await signIn(page, 'another name');
      assert.match(await page.locator('.chip.alive').innerText(), /another name/);
    });
  });

  test('two tabs: what one did is seen in the other', async () => {
    Object.assign(server.script, {token: token(), api: json(200, {})});
    await visit(async (page, context) => {
      const other = await context.newPage();
      await other.goto(running.app + '/');
      await signIn(page);
      await other.reload();
      assert.equal(await other.locator('.chip.alive').count(), 1);
      await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-out"] button')]);
      // The other tab still shows its buttons; its session is gone.
      await Promise.all([other.waitForNavigation(), other.click('form[action="/revoke"] button')]);
      assert.match(await other.locator('main').innerText(), /again|no token|Get a token/i);
      await fine(other);
    });
  });
});
