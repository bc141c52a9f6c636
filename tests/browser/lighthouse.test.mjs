// SPDX-License-Identifier: MIT
// Lighthouse: accessibility and best practices, 100 each, on every page. Its performance score is a
// benchmark: bench/lighthouse.mjs.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {debuggable, judge} from './lighthouse.mjs';
import {accounts, serve} from './support.mjs';

let running, chromium;
before(async () => [running, chromium] = await Promise.all([serve(), debuggable()]));
after(async () => Promise.all([running?.stop(), chromium?.stop()]));

/** The cookie of a session, after a form of that page was sent. */
async function afterForm(page, action, fields) {
  const opened = await fetch(running.app + page);
  const cookie = opened.headers.get('Set-Cookie').split(';')[0];
  const csrf = /name="csrf" value="([^"]+)"/.exec(await opened.text())[1];
  const answer = await fetch(running.app + action, {
    method: 'POST',
    redirect: 'manual',
    headers: {Cookie: cookie, Origin: running.app},
    body: new URLSearchParams({csrf, ...fields}),
  });
  assert.equal(answer.status, 303);
  return answer.headers.get('Set-Cookie')?.split(';')[0] ?? cookie;
}

// Nothing loads late on these pages, so there is nothing to wait for.
const hurry = {
  pauseAfterFcpMs: 0,
  pauseAfterLoadMs: 0,
  networkQuietThresholdMs: 0,
  cpuQuietThresholdMs: 0,
};

const pages = {
  '/': null,
  '/explorer': null,
  '/grants': null,
  '/code': null,
  '/terms': null,
  '/?signed-in': () => afterForm('/', '/oauth-callback', accounts.alice),
  '/?refused': () => afterForm('/', '/oauth-callback', accounts.bob),
  '/leave': () => afterForm('/grants', '/run', {grant: 'authorization_code'}),
};

for (const [path, reach] of Object.entries(pages)) {
  test(path, async () => {
    const settings = {...hurry};
    if (reach !== null) settings.extraHeaders = {Cookie: await reach()};
    const {scores, wrong} =
        await judge(chromium.port, running.app + path, ['accessibility', 'best-practices'], settings);
    assert.deepEqual(wrong, []);
    assert.deepEqual(scores, {'accessibility': 100, 'best-practices': 100});
  });
}
