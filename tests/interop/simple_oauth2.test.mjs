// SPDX-License-Identifier: MIT
// A client that we did not write, against our sandbox: simple-oauth2. It has no introspection and no
// discovery.
import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {ClientCredentials, ResourceOwnerPassword} from 'simple-oauth2';

import {accounts} from '../browser/support.mjs';
import {consumers, minted, steeredSandbox} from './support.mjs';

describe('simple-oauth2', () => {
  let server;

  const settings = ({id, secret} = consumers.then) => ({
    client: {id, secret},
    auth: {
      tokenHost: server.sandbox,
      tokenPath: '/site/oauth2/access_token',
      revokePath: '/site/oauth2/revoke',
    },
  });
  const clientWith = (more = {}) => new ResourceOwnerPassword({...settings(), ...more});
  const user = (accessToken) => fetch(
      `${server.sandbox}/2.0/user`, {headers: {authorization: `Bearer ${accessToken}`}});

  before(async () => {
    server = await steeredSandbox();
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

  it('takes client credentials under both profiles', async () => {
    const then = await new ClientCredentials(settings()).getToken({});
    assert.ok(then.token.refresh_token);
    const today = await new ClientCredentials(settings(consumers.today)).getToken({});
    assert.equal(today.token.refresh_token, undefined);
    assert.equal((await user(today.token.access_token)).status, 200);
  });

  it('follows the rotation of 2026', async () => {
    const client = new ResourceOwnerPassword(settings(consumers.today));
    const first = client.createToken(await minted(server, consumers.today));
    const second = await first.refresh();
    assert.notEqual(second.token.refresh_token, first.token.refresh_token);
    await second.revoke('refresh_token');
    assert.equal((await user(second.token.access_token)).status, 401);
  });

  it('is told that the two-step user is refused', async () => {
    await assert.rejects(clientWith().getToken(accounts.bob), (error) => {
      assert.equal(error.output.statusCode, 400);
      assert.ok(error.data.payload.error);
      return true;
    });
  });
});
