// SPDX-License-Identifier: MIT
// What programs of examples/ do beside what tests/interop/examples.test.mjs looks at: count at the
// server, say why, and ask a person.
import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, before, describe, it} from 'node:test';

import {accounts, binary, run, sandbox, signInByHand} from '../browser/support.mjs';

const folder = join(dirname(binary), 'examples');

describe('examples/', () => {
  let server, work, alice;
  before(async () => {
    server = await sandbox(['--control']);
    work = await mkdtemp(join(tmpdir(), 'bbgrant-examples-'));
    alice = {
      BBGRANT_SERVER: server.sandbox,
      BBGRANT_USERNAME: accounts.alice.username,
      BBGRANT_PASSWORD: accounts.alice.password,
    };
  });
  after(async () => {
    await server?.stop();
    if (work) await rm(work, {recursive: true});
  });

  const program = (name) => join(folder, name);
  const good = async (name, environment = alice) => {
    const {code, stdout, stderr} = await run(program(name), [], {environment, cwd: work});
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  };
  const control = (method, path, body) => fetch(
      server.sandbox + '/_sandbox/' + path,
      {method, headers: {'Content-Type': 'application/json'}, body: body && JSON.stringify(body)});
  const tokenRequests = async () => {
    const answer = await control('GET', 'requests?method=POST&path=/site/oauth2/access_token');
    return (await answer.json()).count;
  };

  it('password_grant says why bob is refused', async () => {
    const environment = {...alice, BBGRANT_USERNAME: 'bob', BBGRANT_PASSWORD: 'bob-password'};
    const {code, stderr} = await run(program('password_grant'), [], {environment});
    assert.equal(code, 1);
    assert.match(stderr, /two-step/i);
  });

  it('long_running keeps its token, and refreshes it once it has expired', async () => {
    await control('DELETE', 'requests');
    assert.equal((await good('long_running')).match(/Still Alice/g).length, 3);
    assert.equal((await stat(join(work, 'token.json'))).mode & 0o777, 0o600);
    assert.equal(await tokenRequests(), 1);
    await good('long_running');  // the kept token is enough
    assert.equal(await tokenRequests(), 1);
    const {token} = JSON.parse(await readFile(join(work, 'token.json'), 'utf8'));
    const expired = await control('PATCH', 'tokens', {token: token.access_token});
    assert.ok(expired.ok, await expired.text());
    assert.equal((await good('long_running')).match(/Still Alice/g).length, 3);
    assert.equal(await tokenRequests(), 2);  // one refresh for the three calls
  });

  it('authorization_code takes the address that the browser ends at', async () => {
    const environment = {...alice, BBGRANT_CALLBACK: 'http://localhost:3000/oauth-callback'};
    const {code, printed} =
        await signInByHand(program('authorization_code'), [], environment, server.sandbox);
    assert.equal(code, 0, printed);
    assert.match(printed, /You are Alice/);
  });
});
