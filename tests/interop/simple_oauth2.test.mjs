// SPDX-License-Identifier: MIT
// A client that we did not write, against our sandbox: simple-oauth2. It has no introspection and no
// discovery.
import assert from 'node:assert/strict';
import {it} from 'node:test';
import {AuthorizationCode, ClientCredentials, ResourceOwnerPassword} from 'simple-oauth2';

import {accounts} from '../browser/support.mjs';
import {answered, callback, consumers, pkce, profiles, user, withEachStyleOfErrors}
    from './support.mjs';

withEachStyleOfErrors('simple-oauth2', (server, errors) => {
  const settings = ({id, secret} = consumers.then, more = {}) => ({
    client: {id, secret},
    auth: {
      tokenHost: server.sandbox,
      tokenPath: '/site/oauth2/access_token',
      revokePath: '/site/oauth2/revoke',
    },
    ...more,
  });
  const passwordClient = (more) => new ResourceOwnerPassword(settings(consumers.then, more));
  const statusOf = async (access) => (await user(server, access.token.access_token)).status;

  it('password 2019: /2.0/user answers alice', async () => {
    const {token} = await passwordClient().getToken({...accounts.alice, scope: 'account'});
    assert.equal(token.token_type.toLowerCase(), 'bearer');
    assert.ok(token.expires_in > 0);
    assert.equal((await user(server, token.access_token)).body.nickname, 'alice');
  });

  it('password 2019: with the consumer in the body', async () => {
    const client = passwordClient({options: {authorizationMethod: 'body'}});
    assert.equal(await statusOf(await client.getToken(accounts.alice)), 200);
  });

  it('refusals 2019: the two-step user', async () => {
    await assert.rejects(passwordClient().getToken(accounts.bob), (error) => {
      assert.equal(error.output.statusCode, 400);
      assert.equal(
          error.data.payload.error, errors === 'rfc6749' ? 'invalid_grant' : 'invalid_request');
      return true;
    });
  });

  for (const [profile, consumer] of profiles) {
    const client = () => {
      const {client, auth} = settings(consumer);
      return new AuthorizationCode(
          {client, auth: {...auth, authorizePath: '/site/oauth2/authorize'}});
    };
    const byCode = async () => {
      const {verifier, challenge} = pkce();
      const page = client().authorizeURL({
        redirect_uri: callback, scope: ['account', 'email'], state: 'a state',
        code_challenge: challenge, code_challenge_method: 'S256',
      });
      const {searchParams} = await answered(page);
      assert.equal(searchParams.get('state'), 'a state');
      return {code: searchParams.get('code'), redirect_uri: callback, code_verifier: verifier};
    };

    it(`code ${profile}: state, PKCE, bearer call`, async () => {
      const {token} = await client().getToken(await byCode());
      assert.equal(token.scope, 'account email');
      assert.equal((await user(server, token.access_token)).body.nickname, 'alice');
    });

    it(`refusals ${profile}: at the page, of a wrong verifier, of a used code`, async () => {
      const page = client().authorizeURL({redirect_uri: callback, state: 's'});
      const {searchParams} = await answered(page, {decision: 'deny'});
      assert.equal(searchParams.get('error'), 'access_denied');
      assert.equal(searchParams.get('state'), 's');
      const right = await byCode();
      const wrong = {...await byCode(), code_verifier: pkce().verifier};
      await client().getToken(right);
      for (const bad of [wrong, right]) {
        await assert.rejects(client().getToken(bad), (error) => {
          assert.equal(error.data.payload.error, 'invalid_grant');
          return true;
        });
      }
    });

    it(`refresh ${profile}: ${profile === '2019' ? 'the same token' : 'rotates'}`, async () => {
      const first = await client().getToken(await byCode());
      const second = await first.refresh();
      assert.equal(
          second.token.refresh_token === first.token.refresh_token, profile === '2019');
      assert.equal(await statusOf(await second.refresh()), 200);
    });

    it(`revoke ${profile}: refresh token and all that it gave`, async () => {
      const access = await client().getToken(await byCode());
      await access.revoke('refresh_token');
      assert.equal(await statusOf(access), 401);
      await assert.rejects(access.refresh());
    });

    it(`client credentials ${profile}`, async () => {
      const access = await new ClientCredentials(settings(consumer)).getToken({});
      assert.equal(Boolean(access.token.refresh_token), profile === '2019');
      assert.equal(await statusOf(access), 200);
    });
  }
});
