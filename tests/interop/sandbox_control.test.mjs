// SPDX-License-Identifier: MIT
// A test suite as its users write it: one sandbox, steered over HTTP. And docs/sandbox.md's own
// commands, run as they stand there, each in a sandbox that was reset before.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, beforeEach, describe, it} from 'node:test';

import {root, run, sandbox as start} from '../browser/support.mjs';

const page = await readFile(join(root, 'docs/sandbox.md'), 'utf8');
const blocks = [...page.matchAll(/<!-- prints: (.*) -->\n```sh\n([^]*?)```/g)];

describe('a test suite on the sandbox', () => {
  let server;
  const control = async (method, path, body) => {
    const answer = await fetch(`${server.sandbox}/_sandbox${path}`, {
      method, body: body === undefined ? undefined : JSON.stringify(body),
    });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  const user = (token) => fetch(
      `${server.sandbox}/2.0/user`, {headers: {authorization: `Bearer ${token}`}});

  before(async () => server = await start(['--control']));
  after(() => server?.stop());
  beforeEach(() => control('POST', '/reset'));

  it('mints a token, which expires as the clock moves', async () => {
    const {access_token} = await control(
        'POST', '/tokens', {user: 'alice', consumer: 'bbgrantDemoCliKey', scopes: ['account']});
    assert.equal((await user(access_token)).status, 200);
    await control('PUT', '/clock', {advance_seconds: 7200});
    assert.equal((await user(access_token)).status, 401);
  });

  it('sees an answer cut, and the next one whole', async () => {
    await control('POST', '/faults', {path: '/2.0/*', cut: true});
    const workspace = `${server.sandbox}/2.0/workspaces/acme`;
    await assert.rejects(async () => (await fetch(workspace)).text());
    assert.equal((await (await fetch(workspace)).json()).slug, 'acme');
  });

  it('counts what was sent', async () => {
    await fetch(`${server.sandbox}/2.0/workspaces/acme`);
    assert.equal((await control('GET', '/requests?path=/2.0/*')).count, 1);
  });

  it('finds commands in docs/sandbox.md', () => assert.ok(blocks.length >= 9));
  for (const [, prints, commands] of blocks) {
    it(`docs/sandbox.md prints ${prints}`, async () => {
      if (commands.includes('/users/dora')) {
        await control('POST', '/users', {nickname: 'dora', password: 'd'});
      }
      const {code, stdout, stderr} = await run(
          'bash', ['-euo', 'pipefail', '-c', commands], {environment: {SANDBOX: server.sandbox}});
      assert.equal(code, 0, stdout + stderr);
      assert.ok(stdout.includes(prints), stdout + stderr);
    });
  }
});
