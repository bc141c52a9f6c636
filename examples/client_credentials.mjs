// SPDX-License-Identifier: MIT
//
// A token of the program's own, without a user: for machines.

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

const {access_token} = await token({grant_type: 'client_credentials', scope: 'repository'});
const answer = await fetch(`${server}/2.0/repositories/acme?pagelen=1`, {
  headers: {Authorization: `Bearer ${access_token}`},
});
console.log('The consumer sees', (await answer.json()).values.length, 'on the first page');
