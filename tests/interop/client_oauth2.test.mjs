// SPDX-License-Identifier: MIT
// A client that we did not write, against our sandbox: client-oauth2. It knows no revocation, no
// introspection and no discovery; PKCE goes in as parameters of one's own.
import assert from 'node:assert/strict';
import {it} from 'node:test';
import ClientOAuth2 from 'client-oauth2';

import {accounts} from '../browser/support.mjs';
import {answered, callback, consumers, pkce, profiles, user, withEachStyleOfErrors}
    from './support.mjs';

withEachStyleOfErrors('client-oauth2', (server, errors) => {
  const clientOf = (consumer) => new ClientOAuth2({
    clientId: consumer.id,
    clientSecret: consumer.secret,
    accessTokenUri: `${server.sandbox}/site/oauth2/access_token`,
    authorizationUri: `${server.sandbox}/site/oauth2/authorize`,
    redirectUri: callback,
    scopes: ['account', 'email'],
  });
  const {username, password} = accounts.alice;
  const nameOf = async (token) => (await user(server, token.accessToken)).body.nickname;

  it('password 2019: takes, signs, refreshes', async () => {
    const first = await clientOf(consumers.then).owner.getToken(username, password);
    const {url, headers} = first.sign({method: 'get', url: `${server.sandbox}/2.0/user`});
    assert.equal((await fetch(url, {headers})).status, 200);
    const second = await first.refresh();
    assert.notEqual(second.accessToken, first.accessToken);
    assert.equal(await nameOf(second), 'alice');
  });

  it('refusals 2019: a wrong password, in the words of this style', async () => {
    await assert.rejects(clientOf(consumers.then).owner.getToken('alice', 'wrong'), {
      code: 'EAUTH',
      body: {
        error: errors === 'rfc6749' ? 'invalid_grant' : 'invalid_request',
        error_description: 'Invalid resource owner username/password',
      },
    });
  });

  for (const [profile, consumer] of profiles) {
    const byCode = async () => {
      const client = clientOf(consumer);
      const {verifier, challenge} = pkce();
      const query = {code_challenge: challenge, code_challenge_method: 'S256'};
      const {href} = await answered(client.code.getUri({state: 'ä b', query}));
      return client.code.getToken(href, {state: 'ä b', body: {code_verifier: verifier}});
    };

    it(`code ${profile}: state, PKCE, bearer call`, async () => {
      const token = await byCode();
      assert.equal(token.tokenType, 'bearer');
      assert.equal(token.data.scope, 'account email');
      assert.equal(await nameOf(token), 'alice');
    });

    it(`implicit ${profile}: the token stands in the fragment, and comes alone`, async () => {
      const client = clientOf(consumer);
      const token = await client.token.getToken(
          (await answered(client.token.getUri({state: 's'}))).href, {state: 's'});
      assert.equal(token.tokenType, 'bearer');
      assert.equal(token.refreshToken, undefined);
      assert.equal(await nameOf(token), 'alice');
    });

    it(`refusals ${profile}: at the page`, async () => {
      for (const flow of ['code', 'token']) {
        const client = clientOf(consumer);
        const {href} = await answered(client[flow].getUri({state: 's'}), {decision: 'deny'});
        await assert.rejects(client[flow].getToken(href), ({code, body}) => {
          assert.equal(code, 'EAUTH');
          assert.equal(body.error, 'access_denied');
          return true;
        });
      }
    });

    it(`refresh ${profile}: three times`, async () => {
      let token = await byCode();
      for (let use = 0; use < 3; ++use) {
        const next = await token.refresh();
        assert.equal(next.refreshToken === token.refreshToken, profile === '2019');
        token = next;
      }
      assert.equal(await nameOf(token), 'alice');
    });

    it(`client credentials ${profile}`, async () => {
      const token = await clientOf(consumer).credentials.getToken();
      assert.equal(Boolean(token.refreshToken), profile === '2019');
      const {body} = await user(server, token.accessToken);
      assert.equal(body.type, profile === '2019' ? 'user' : 'app_user');
    });
  }
});
