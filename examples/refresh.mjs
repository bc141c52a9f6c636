// SPDX-License-Identifier: MIT
//
// A fresh access token from the refresh token: no password is needed any more.

const server = process.env.BBGRANT_SERVER ?? 'http://localhost:7990';
const key = process.env.BBGRANT_CONSUMER_KEY ?? 'bbgrantDemo2019key';
const secret = process.env.BBGRANT_CONSUMER_SECRET ?? 'bbgrant-demo-2019-secret-not-for-production';

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

let kept = await token({
  grant_type: 'password',
  username: process.env.BBGRANT_USERNAME,
  password: process.env.BBGRANT_PASSWORD,
  scope: 'account',
});
const fresh = await token({grant_type: 'refresh_token', refresh_token: kept.refresh_token});
// A server that rotates sends a new refresh token: keep that, the old one is spent.
kept = {...kept, ...fresh};
const answer = await fetch(`${server}/2.0/user`, {
  headers: {Authorization: `Bearer ${kept.access_token}`},
});
console.log('Still', (await answer.json()).display_name);
