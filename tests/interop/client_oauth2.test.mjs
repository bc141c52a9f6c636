// SPDX-License-Identifier: MIT
// A client that we did not write, against our sandbox: client-oauth2. It knows no revocation, no
// introspection and no discovery.
import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import ClientOAuth2 from 'client-oauth2';

import {accounts} from '../browser/support.mjs';
import {consumers, minted, steeredSandbox, user} from './support.mjs';

describe('client-oauth2', () => {
  let server;
  before(async () => server = await steeredSandbox());
  after(() => server?.stop());

  const clientOf = (consumer) => new ClientOAuth2({
    clientId: consumer.id,
    clientSecret: consumer.secret,
    accessTokenUri: `${server.sandbox}/site/oauth2/access_token`,
    authorizationUri: `${server.sandbox}/site/oauth2/authorize`,
    scopes: ['account'],
  });

  it('takes and refreshes a token of the password grant', async () => {
    const {username, password} = accounts.alice;
    const first = await clientOf(consumers.then).owner.getToken(username, password);
    assert.equal((await user(server, first.accessToken)).body.nickname, 'alice');
    const second = await first.refresh();
    assert.notEqual(second.accessToken, first.accessToken);
    assert.equal((await user(server, second.accessToken)).status, 200);
  });

  it('signs its requests with the token', async () => {
    const {username, password} = accounts.alice;
    const token = await clientOf(consumers.then).owner.getToken(username, password);
    const {url, headers} = token.sign({method: 'get', url: `${server.sandbox}/2.0/user`});
    assert.equal((await fetch(url, {headers})).status, 200);
  });

  it('takes client credentials under both profiles', async () => {
    const then = await clientOf(consumers.then).credentials.getToken();
    assert.ok(then.refreshToken);
    assert.equal((await user(server, then.accessToken)).body.nickname, 'alice');
    const today = await clientOf(consumers.today).credentials.getToken();
    assert.equal(today.refreshToken, undefined);
    assert.equal((await user(server, today.accessToken)).body.type, 'app_user');
  });

  it('follows the rotation of 2026', async () => {
    const client = clientOf(consumers.today);
    let token = client.createToken(await minted(server, consumers.today));
    for (let use = 0; use < 3; ++use) {
      const next = await token.refresh();
      assert.notEqual(next.refreshToken, token.refreshToken);
      token = next;
    }
    assert.equal((await user(server, token.accessToken)).status, 200);
  });

  it('hears Bitbucket\'s words when the password is wrong', async () => {
    await assert.rejects(clientOf(consumers.then).owner.getToken('alice', 'wrong'), {
      code: 'EAUTH',
      body: {
        error: 'invalid_request',
        error_description: 'Invalid resource owner username/password',
      },
    });
  });
});
