// SPDX-License-Identifier: MIT
// A client that we did not write, against our sandbox: openid-client, which needs discovery.
import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import * as client from 'openid-client';

import {accounts} from '../browser/support.mjs';
import {consumers, minted, steeredSandbox, user} from './support.mjs';

for (const errors of ['bitbucket', 'rfc6749']) {
  describe(`openid-client, --errors ${errors}`, () => {
    let server;
    before(async () => server = await steeredSandbox(['--errors', errors]));
    after(() => server?.stop());

    const configured = (consumer, secret = consumer.secret) => client.discovery(
        new URL(server.sandbox), consumer.id, undefined, client.ClientSecretBasic(secret),
        {algorithm: 'oauth2', execute: [client.allowInsecureRequests]});

    it('takes, refreshes, introspects and revokes a token of the password grant', async () => {
      const config = await configured(consumers.then);
      const first = await client.genericGrantRequest(
          config, 'password', {...accounts.alice, scope: 'account'});
      assert.equal((await user(server, first.access_token)).body.nickname, 'alice');

      const second = await client.refreshTokenGrant(config, first.refresh_token);
      assert.equal(second.refresh_token, first.refresh_token);
      assert.equal(second.expiresIn(), 7200);
      assert.equal((await client.tokenIntrospection(config, second.access_token)).active, true);

      await client.tokenRevocation(config, second.refresh_token);
      assert.equal((await client.tokenIntrospection(config, second.access_token)).active, false);
      assert.equal((await user(server, second.access_token)).status, 401);
    });

    it('is told that the two-step user is refused', async () => {
      const config = await configured(consumers.then);
      await assert.rejects(client.genericGrantRequest(config, 'password', accounts.bob), {
        error: errors === 'rfc6749' ? 'invalid_grant' : 'invalid_request',
        status: 400,
      });
    });

    it('takes client credentials and rotates under the rules of 2026', async () => {
      const config = await configured(consumers.today);
      const own = await client.clientCredentialsGrant(config, {scope: 'account'});
      assert.equal(own.scope, 'account');
      assert.equal(own.refresh_token, undefined);

      const first = await minted(server, consumers.today);
      const second = await client.refreshTokenGrant(config, first.refresh_token);
      assert.notEqual(second.refresh_token, first.refresh_token);
      await assert.rejects(client.genericGrantRequest(config, 'password', accounts.alice), {
        error: errors === 'rfc6749' ? 'unsupported_grant_type' : 'invalid_grant',
      });
    });
  });
}
