// SPDX-License-Identifier: MIT
// Our client library, as the command line uses it, against a server that we did not write.
import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, describe, it} from 'node:test';

import {binary, root, run, start} from '../browser/support.mjs';

describe('@node-oauth/oauth2-server', () => {
  let server, folder, settings;

  // Id, secret and password are such that each has to be encoded right.
  const token = (password) => run(
      binary,
      ['token', '--grant', 'password', '--username', 'dora', '--password-stdin', '--config', settings],
      {input: password + '\n'});

  before(async () => {
    server = await start(process.execPath, [join(root, 'tests/interop/node_oauth2_server.mjs')]);
    folder = await mkdtemp(join(tmpdir(), 'bbgrant-third-party-'));
    settings = join(folder, 'settings.json');
    await writeFile(settings, JSON.stringify({
      consumerKey: 'third party',
      consumerSecret: 'of & another=kind%',
      server: {
        authorizeUrl: `${server.origin}/authorize`,
        tokenUrl: `${server.origin}/token`,
        revokeUrl: `${server.origin}/revoke`,
        apiUrl: server.origin,
      },
    }));
  });
  after(async () => {
    await server?.stop();
    if (folder) await rm(folder, {recursive: true});
  });

  it('gives our client a token, which it then accepts', async () => {
    const {code, stdout, stderr} = await token(' dora + her password ');
    assert.equal(code, 0, stderr);
    const answer = JSON.parse(stdout);
    assert.ok(answer.access_token);
    assert.ok(answer.refresh_token);

    const me = await run(binary, ['api', '/me', '--config', settings],
                         {environment: {BBGRANT_ACCESS_TOKEN: answer.access_token}});
    assert.equal(me.code, 0, me.stderr);
    assert.deepEqual(JSON.parse(me.stdout), {user: 'dora'});
  });

  it('refuses a wrong password, and our client says so', async () => {
    const {code, stdout, stderr} = await token('not her password');
    assert.equal(code, 4, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /invalid_grant/);
  });
});
