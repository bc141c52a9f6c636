// SPDX-License-Identifier: MIT
//
// Gets a token with the resource owner's password, then asks the API who that is.
//
// This grant hands your password to the app. RFC 9700 says it must not be used, OAuth 2.1 leaves it
// out and Bitbucket Cloud has switched it off; use it to learn, to test, or to leave it.

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

const {access_token} = await token({
  grant_type: 'password',
  username: process.env.BBGRANT_USERNAME,
  password: process.env.BBGRANT_PASSWORD,
  scope: 'account',
});
const answer = await fetch(`${server}/2.0/user`, {
  headers: {Authorization: `Bearer ${access_token}`},
});
console.log('You are', (await answer.json()).display_name);
