// SPDX-License-Identifier: MIT
// A test suite as its users write it: one sandbox, steered over HTTP. And docs/sandbox.md's own
// commands, run as they stand there, each in a sandbox that was reset before; and its CI job, by the
// image's entry point but without a container.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, beforeEach, describe, it} from 'node:test';

import {binary, root, run, sandbox as start, start as startCommand} from '../browser/support.mjs';

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

describe('the CI job of docs/sandbox.md', () => {
  const host = 'sandbox:7990';
  let folder, server, port;
  const here = (text) => text.replaceAll('/run/secrets/control', join(folder, 'control'))
                             .replace('/data', join(folder, 'data'));

  async function freePort() {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    const {port} = taken.address();
    await new Promise((closed) => taken.close(closed));
    return port;
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bbgrant-ci-'));
    await writeFile(join(folder, 'control'), 'a-token-of-this-test\n');
    const image = await readFile(join(root, 'deploy/Containerfile'), 'utf8');
    const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(image)[1]).slice(1);
    const flags = /^ +command: (.*)$/m.exec(page)[1].split(' ');
    for (let tries = 3; !server; --tries) {  // somebody else may take the port meanwhile
      port = await freePort();
      const listen = entry.map((word) => word.replace(':7990', `:${port}`));
      server = await startCommand(binary, [...listen, ...flags, '--ready-json'].map(here))
                   .catch((error) => {
                     if (tries === 0) throw error;
                   });
    }
    // The network of a job knows the name; here curl is told.
    await writeFile(join(folder, '.curlrc'), `connect-to = "${host}:127.0.0.1:${port}"\n`);
  });
  after(async () => {
    await server?.stop();
    await rm(folder, {recursive: true, force: true});
  });

  it('answers under the name of the service', () => assert.equal(server.sandbox, `http://${host}`));

  it('passes the health check of the image', async () => {
    const {code, stderr} = await run(binary, ['healthcheck', `http://localhost:${port}/healthcheck`]);
    assert.equal(code, 0, stderr);
  });

  it('is steered and used by the script', async () => {
    const [, prints, script] =
        /<!-- in CI, prints: (.*) -->\n```sh\n([^]*?)```/.exec(page);
    const {code, stdout, stderr} = await run(
        'bash', ['-euo', 'pipefail', '-c', here(script)], {environment: {CURL_HOME: folder}});
    assert.equal(code, 0, stdout + stderr);
    assert.ok(stdout.includes(prints), stdout + stderr);
  });

  it('is not steered without the bearer, nor called by another name', async () => {
    const status = async (path, name) => (await run('curl', [
      '-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', `Host: ${name}`,
      `http://127.0.0.1:${port}${path}`,
    ])).stdout;
    assert.equal(await status('/_sandbox', host), '401');
    assert.equal(await status('/2.0/workspaces/acme', host), '200');
    assert.equal(await status('/2.0/workspaces/acme', 'elsewhere:7990'), '421');
  });
});
