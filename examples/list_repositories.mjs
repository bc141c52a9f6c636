// SPDX-License-Identifier: MIT
//
// All repositories of a workspace: each page names the next one, the last page names none.

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
  scope: 'repository',
});
for (let next = `${server}/2.0/repositories/acme`; next;) {
  const answer = await fetch(next, {headers: {Authorization: `Bearer ${access_token}`}});
  const page = await answer.json();
  for (const {full_name} of page.values) console.log(full_name);
  next = page.next;
}
