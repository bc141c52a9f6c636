// SPDX-License-Identifier: MIT
// A client that we did not write, against our sandbox: openid-client, which needs discovery.
import assert from 'node:assert/strict';
import {it} from 'node:test';
import * as client from 'openid-client';

import {accounts} from '../browser/support.mjs';
import {answered, callback, consumers, pkce, profiles, user, withEachStyleOfErrors}
    from './support.mjs';

withEachStyleOfErrors('openid-client', (server, errors) => {
  const configured = (consumer, authentication = client.ClientSecretBasic) => client.discovery(
      new URL(server.sandbox), consumer.id, undefined, authentication(consumer.secret),
      {algorithm: 'oauth2', execute: [client.allowInsecureRequests]});

  it('password 2019: bearer call', async () => {
    const config = await configured(consumers.then);
    const token = await client.genericGrantRequest(
        config, 'password', {...accounts.alice, scope: 'account'});
    assert.equal((await user(server, token.access_token)).body.nickname, 'alice');
  });

  it('refusals 2019: the two-step user', async () => {
    const config = await configured(consumers.then);
    await assert.rejects(client.genericGrantRequest(config, 'password', accounts.bob), {
      error: errors === 'rfc6749' ? 'invalid_grant' : 'invalid_request',
      status: 400,
    });
  });

  it('refusals 2026: the password grant', async () => {
    const config = await configured(consumers.today);
    await assert.rejects(client.genericGrantRequest(config, 'password', accounts.alice), {
      error: errors === 'rfc6749' ? 'unsupported_grant_type' : 'invalid_grant',
    });
  });

  for (const [profile, consumer] of profiles) {
    // state, PKCE and `iss` (RFC 9207) are checked by the library.
    const byCode = async (config, how, verifier = pkce().verifier, sent = verifier) => {
      const page = client.buildAuthorizationUrl(config, {
        redirect_uri: callback, scope: 'account email', state: 's', code_challenge_method: 'S256',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
      });
      return client.authorizationCodeGrant(
          config, await answered(page, how), {pkceCodeVerifier: sent, expectedState: 's'});
    };

    it(`discovery ${profile}`, async () => {
      const {issuer} = (await configured(consumer)).serverMetadata();
      assert.equal(issuer, server.sandbox);
    });

    it(`code ${profile}: state, PKCE, iss; the secret in the header or in the body`, async () => {
      for (const method of [client.ClientSecretBasic, client.ClientSecretPost]) {
        const token = await byCode(await configured(consumer, method));
        assert.equal(token.scope, 'account email');
        assert.ok(token.expiresIn() > 7100);
        assert.equal((await user(server, token.access_token)).body.nickname, 'alice');
      }
    });

    it(`refusals ${profile}: at the page, and of a wrong verifier`, async () => {
      const config = await configured(consumer);
      await assert.rejects(byCode(config, {decision: 'deny'}), {error: 'access_denied'});
      await assert.rejects(
          byCode(config, {}, pkce().verifier, pkce().verifier), {error: 'invalid_grant'});
    });

    it(`refresh ${profile}, introspect ${profile}, revoke ${profile}`, async () => {
      const config = await configured(consumer);
      const first = await byCode(config);
      const second = await client.refreshTokenGrant(config, first.refresh_token);
      assert.equal(second.refresh_token === first.refresh_token, profile === '2019');
      const active = async () =>
          (await client.tokenIntrospection(config, second.access_token)).active;
      assert.equal(await active(), true);
      await client.tokenRevocation(config, second.refresh_token);
      assert.equal(await active(), false);
      assert.equal((await user(server, second.access_token)).status, 401);
    });

    it(`client credentials ${profile}`, async () => {
      const config = await configured(consumer);
      const token = await client.clientCredentialsGrant(config, {scope: 'account'});
      assert.equal(token.scope, 'account');
      assert.equal(Boolean(token.refresh_token), profile === '2019');
    });
  }
});
