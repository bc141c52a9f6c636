// SPDX-License-Identifier: MIT
// A client that we did not write, against our sandbox: oauth4webapi, the strict one. It refuses
// what the standard does not allow in an answer.
import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import * as oauth from 'oauth4webapi';

import {accounts} from '../browser/support.mjs';
import {consumers, minted, steeredSandbox, user} from './support.mjs';

const plain = {[oauth.allowInsecureRequests]: true};  // loopback without TLS

async function discovered(server) {
  const issuer = new URL(server.sandbox);
  const response =
      await oauth.discoveryRequest(issuer, {...plain, algorithm: 'oauth2'});
  return oauth.processDiscoveryResponse(issuer, response);
}

for (const errors of ['bitbucket', 'rfc6749']) {
  describe(`oauth4webapi, --errors ${errors}`, () => {
    let server, as;
    before(async () => {
      server = await steeredSandbox(['--errors', errors]);
      as = await discovered(server);
    });
    after(() => server?.stop());

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

    it('discovers every endpoint on the origin that it asked', () => {
      for (const name of ['authorization', 'token', 'revocation', 'introspection']) {
        assert.ok(as[`${name}_endpoint`].startsWith(server.sandbox + '/'), name);
      }
    });

    it('takes a token by the password grant, secret in the header or in the body', async () => {
      for (const auth of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
        const token = await password(consumers.then, {...accounts.alice, scope: 'account'}, auth);
        assert.equal(token.scope, 'account');
        assert.equal((await user(server, token.access_token)).body.nickname, 'alice');
      }
    });

    it('is told in the standard\'s form that a password is wrong', async () => {
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

    it('takes client credentials under both profiles', async () => {
      const then = await credentials(
          consumers.then, oauth.ClientSecretBasic(consumers.then.secret));
      assert.ok(then.refresh_token);
      const today = await credentials(
          consumers.today, oauth.ClientSecretPost(consumers.today.secret));
      assert.equal(today.refresh_token, undefined);
      assert.ok(today.access_token.length > 2500);
      assert.equal((await user(server, today.access_token)).body.type, 'app_user');
    });

    it('refreshes under the rules of 2019: the same refresh token', async () => {
      const first = await password(consumers.then, accounts.alice);
      const second = await refreshed(consumers.then, first.refresh_token);
      assert.equal(second.refresh_token, first.refresh_token);
      assert.equal((await user(server, second.access_token)).status, 200);
    });

    it('refreshes under the rules of 2026: another one, and again within the grace', async () => {
      const first = await minted(server, consumers.today);
      const second = await refreshed(consumers.today, first.refresh_token);
      assert.notEqual(second.refresh_token, first.refresh_token);
      const retried = await refreshed(consumers.today, first.refresh_token);
      assert.equal(retried.refresh_token, second.refresh_token);
    });

    it('introspects and revokes', async () => {
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
  });
}
