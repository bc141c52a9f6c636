// SPDX-License-Identifier: MIT
//
// The way off the password grant, for people: the browser asks them, the app never sees a password.
// Paste the address that the browser ends at.

import {createHash, randomBytes} from 'node:crypto';
import {createInterface} from 'node:readline/promises';

const server = process.env.BBGRANT_SERVER ?? 'http://localhost:7990';
const key = process.env.BBGRANT_CONSUMER_KEY ?? 'bbgrantDemo2019key';
const secret = process.env.BBGRANT_CONSUMER_SECRET ?? 'bbgrant-demo-2019-secret-not-for-production';
const callback = process.env.BBGRANT_CALLBACK ?? 'http://localhost:3000/oauth-callback';

async function token(fields) {
  const credentials = btoa(`${encodeURIComponent(key)}:${encodeURIComponent(secret)}`);
  const answer = await fetch(`${server}/site/oauth2/access_token`, {
    method: 'POST',
    headers: {Authorization: `Basic ${credentials}`, Accept: 'application/json'},
    body: new URLSearchParams(fields),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${answer.status} ${body.error}: ${body.error_description}`);
  return body;
}

const state = randomBytes(32).toString('base64url');
const verifier = randomBytes(32).toString('base64url');
const authorize = new URL(`${server}/site/oauth2/authorize`);
authorize.search = new URLSearchParams({
  response_type: 'code',
  client_id: key,
  redirect_uri: callback,
  scope: 'account',
  state,
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
});
const terminal = createInterface({input: process.stdin, output: process.stdout});
const address = await terminal.question(`Open ${authorize}\nThen paste the address here: `);
terminal.close();

const query = new URL(address).searchParams;
if (query.get('state') !== state) throw new Error('Wrong state');  // it did not come from us
if (query.has('error')) throw new Error(query.get('error'));
const {access_token} = await token({
  grant_type: 'authorization_code',
  code: query.get('code'),
  redirect_uri: callback,
  code_verifier: verifier,
});
const answer = await fetch(`${server}/2.0/user`, {
  headers: {Authorization: `Bearer ${access_token}`},
});
console.log('You are', (await answer.json()).display_name);
