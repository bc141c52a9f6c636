// SPDX-License-Identifier: MIT
// A client that we did not write, against our sandbox: simple-oauth2's password grant.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {ResourceOwnerPassword} from 'simple-oauth2';

import {accounts, root, sandbox} from '../browser/support.mjs';

describe('simple-oauth2', () => {
  let server, config;

  const clientWith = (settings = {}) => new ResourceOwnerPassword({
    client: {id: config.consumerKey, secret: config.consumerSecret},
    auth: {
      tokenHost: server.sandbox,
      tokenPath: '/site/oauth2/access_token',
      revokePath: '/site/oauth2/revoke',
    },
    ...settings,
  });
  const user = (accessToken) => fetch(
      `${server.sandbox}/2.0/user`, {headers: {authorization: `Bearer ${accessToken}`}});

  before(async () => {
    config = JSON.parse(await readFile(join(root, 'config.json'), 'utf8'));
    server = await sandbox();
  });
  after(() => server?.stop());

  it('gets a token with which /2.0/user answers alice', async () => {
    const {token} = await clientWith().getToken({...accounts.alice, scope: 'account'});
    assert.equal(token.token_type.toLowerCase(), 'bearer');
    assert.ok(token.expires_in > 0);

    const answer = await user(token.access_token);
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).nickname, 'alice');
  });

  it('gets a token when it sends the consumer in the body', async () => {
    const client = clientWith({options: {authorizationMethod: 'body'}});
    const {token} = await client.getToken(accounts.alice);
    assert.equal((await user(token.access_token)).status, 200);
  });

  it('refreshes the token', async () => {
    const first = await clientWith().getToken(accounts.alice);
    const second = await first.refresh();
    assert.notEqual(second.token.access_token, first.token.access_token);
    assert.equal((await user(second.token.access_token)).status, 200);
  });

  it('revokes the token, which then is refused', async () => {
    const access = await clientWith().getToken(accounts.alice);
    await access.revoke('access_token');
    assert.equal((await user(access.token.access_token)).status, 401);
  });

  it('is told that the two-step user is refused', async () => {
    await assert.rejects(clientWith().getToken(accounts.bob), (error) => {
      assert.equal(error.output.statusCode, 400);
      assert.ok(error.data.payload.error);
      return true;
    });
  });
});
