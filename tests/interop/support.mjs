// SPDX-License-Identifier: MIT
// What the tests with third-party clients share.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';

import {root, sandbox} from '../browser/support.mjs';

const config = JSON.parse(await readFile(join(root, 'config.json'), 'utf8'));

/** The demo consumers, `{id, secret}`: under Bitbucket's rules of 2019 and of 2026. */
export const consumers = {
  then: {id: config.consumerKey, secret: config.consumerSecret},
  today: {id: config.consumer2026.consumerKey, secret: config.consumer2026.consumerSecret},
};

/** A running sandbox that test suites may steer. */
export const steeredSandbox = (args = []) => sandbox(['--control', ...args]);

/**
 * A token response for alice, as if she had signed in by code: the one way to a refresh token under
 * the rules of 2026.
 */
export async function minted(server, consumer, scopes = ['account']) {
  const answer = await fetch(`${server.sandbox}/_sandbox/tokens`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({user: 'alice', consumer: consumer.id, scopes}),
  });
  const body = await answer.json();
  assert.ok(answer.ok, JSON.stringify(body));
  return body;
}

/** GET /2.0/user with the token: status and body. */
export async function user(server, accessToken) {
  const answer = await fetch(
      `${server.sandbox}/2.0/user`, {headers: {authorization: `Bearer ${accessToken}`}});
  return {status: answer.status, body: await answer.json()};
}
