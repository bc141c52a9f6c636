// SPDX-License-Identifier: MIT
// A client that we did not write, against our sandbox: oauth4webapi, the strict one. It refuses
// what the standard does not allow in an answer.
import assert from 'node:assert/strict';
import {before, it} from 'node:test';
import * as oauth from 'oauth4webapi';

import {accounts} from '../browser/support.mjs';
import {answered, callback, consumers, minted, pkce, profiles, user, withEachStyleOfErrors}
    from './support.mjs';

const plain = {[oauth.allowInsecureRequests]: true};  // loopback without TLS

async function discovered(server) {
  const issuer = new URL(server.sandbox);
  const response =
      await oauth.discoveryRequest(issuer, {...plain, algorithm: 'oauth2'});
  return oauth.processDiscoveryResponse(issuer, response);
}

withEachStyleOfErrors('oauth4webapi', (server, errors) => {
  let as;
  before(async () => as = await discovered(server));

  const client = (consumer) => ({client_id: consumer.id});
  const password = async (consumer, parameters, auth = oauth.ClientSecretBasic) => {
    const response = await oauth.genericTokenEndpointRequest(
        as, client(consumer), auth(consumer.secret), 'password', parameters, plain);
    return oauth.processGenericTokenEndpointResponse(as, client(consumer), response);
  };
  const refreshed = async (consumer, token) => {
    const response = await oauth.refreshTokenGrantRequest(
        as, client(consumer), oauth.ClientSecretBasic(consumer.secret), token, plain);
    return oauth.processRefreshTokenResponse(as, client(consumer), response);
  };
  const credentials = async (consumer, auth) => {
    const response = await oauth.clientCredentialsGrantRequest(
        as, client(consumer), auth, {scope: 'account'}, plain);
    return oauth.processClientCredentialsResponse(as, client(consumer), response);
  };
  const introspected = async (consumer, token) => {
    const response = await oauth.introspectionRequest(
        as, client(consumer), oauth.ClientSecretBasic(consumer.secret), token, plain);
    return oauth.processIntrospectionResponse(as, client(consumer), response);
  };

  it('discovery 2019, discovery 2026: every endpoint on the origin that it asked', () => {
    for (const name of ['authorization', 'token', 'revocation', 'introspection']) {
      assert.ok(as[`${name}_endpoint`].startsWith(server.sandbox + '/'), name);
    }
  });

  it('password 2019: the secret in the header or in the body', async () => {
    for (const auth of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
      const token = await password(consumers.then, {...accounts.alice, scope: 'account'}, auth);
      assert.equal(token.scope, 'account');
      assert.equal((await user(server, token.access_token)).body.nickname, 'alice');
    }
  });

  it('refusals 2019: a wrong password, in the standard\'s form', async () => {
    const wrong = {username: 'alice', password: 'wrong'};
    await assert.rejects(password(consumers.then, wrong), (error) => {
      assert.ok(error instanceof oauth.ResponseBodyError);
      assert.equal(error.status, 400);
      assert.equal(error.error, errors === 'rfc6749' ? 'invalid_grant' : 'invalid_request');
      return true;
    });
    await assert.rejects(
        credentials(consumers.then, oauth.ClientSecretBasic('wrong')), (error) => {
          if (errors === 'rfc6749') {  // 401 comes with a challenge, which it reads first
            assert.ok(error instanceof oauth.WWWAuthenticateChallengeError);
            assert.equal(error.status, 401);
          } else {
            assert.equal(error.error, 'unauthorized_client');
          }
          return true;
        });
  });

  it('client credentials 2019, client credentials 2026', async () => {
    const then = await credentials(
        consumers.then, oauth.ClientSecretBasic(consumers.then.secret));
    assert.ok(then.refresh_token);
    const today = await credentials(
        consumers.today, oauth.ClientSecretPost(consumers.today.secret));
    assert.equal(today.refresh_token, undefined);
    assert.ok(today.access_token.length > 2500);
    assert.equal((await user(server, today.access_token)).body.type, 'app_user');
  });

  it('refresh 2019: the same token', async () => {
    const first = await password(consumers.then, accounts.alice);
    const second = await refreshed(consumers.then, first.refresh_token);
    assert.equal(second.refresh_token, first.refresh_token);
    assert.equal((await user(server, second.access_token)).status, 200);
  });

  it('refresh 2026: another one, and the same again within the grace', async () => {
    const first = await minted(server, consumers.today);
    const second = await refreshed(consumers.today, first.refresh_token);
    assert.notEqual(second.refresh_token, first.refresh_token);
    const retried = await refreshed(consumers.today, first.refresh_token);
    assert.equal(retried.refresh_token, second.refresh_token);
  });

  it('introspect 2019, introspect 2026, revoke 2019', async () => {
    const token = await password(consumers.then, {...accounts.alice, scope: 'account'});
    const live = await introspected(consumers.then, token.access_token);
    assert.equal(live.active, true);
    assert.equal(live.username, 'alice');
    assert.equal(live.client_id, consumers.then.id);
    assert.deepEqual(
        await introspected(consumers.today, token.access_token), {active: false});

    const response = await oauth.revocationRequest(
        as, client(consumers.then), oauth.ClientSecretBasic(consumers.then.secret),
        token.refresh_token, plain);
    await oauth.processRevocationResponse(response);
    assert.deepEqual(await introspected(consumers.then, token.access_token), {active: false});
    assert.equal((await user(server, token.access_token)).status, 401);
  });

  for (const [profile, consumer] of profiles) {
    // state and `iss` (RFC 9207) are checked by the library.
    const byCode = async ({how, sent, auth = oauth.ClientSecretBasic} = {}) => {
      const {verifier, challenge} = pkce();
      const page = new URL(as.authorization_endpoint);
      page.search = new URLSearchParams({
        client_id: consumer.id, response_type: 'code', redirect_uri: callback, scope: 'account',
        state: 's', code_challenge: challenge, code_challenge_method: 'S256',
      });
      const parameters =
          oauth.validateAuthResponse(as, client(consumer), await answered(page, how), 's');
      const response = await oauth.authorizationCodeGrantRequest(
          as, client(consumer), auth(consumer.secret), parameters, callback, sent ?? verifier,
          plain);
      return oauth.processAuthorizationCodeResponse(as, client(consumer), response);
    };

    it(`code ${profile}: state, PKCE, iss; the secret in the header or in the body`, async () => {
      for (const auth of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
        const token = await byCode({auth});
        assert.equal(token.scope, 'account');
        assert.equal((await user(server, token.access_token)).body.nickname, 'alice');
        const next = await refreshed(consumer, token.refresh_token);
        assert.equal((await user(server, next.access_token)).status, 200);
      }
    });

    it(`refusals ${profile}: at the page, and of a wrong verifier`, async () => {
      await assert.rejects(byCode({how: {decision: 'deny'}}), (error) => {
        assert.ok(error instanceof oauth.AuthorizationResponseError);
        assert.equal(error.error, 'access_denied');
        return true;
      });
      await assert.rejects(byCode({sent: pkce().verifier}), {error: 'invalid_grant', status: 400});
    });
  }
});
