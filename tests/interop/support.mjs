// SPDX-License-Identifier: MIT
// What the tests with third-party clients share.
import assert from 'node:assert/strict';
import {createHash, randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, describe} from 'node:test';

import {accounts, root, sandbox} from '../browser/support.mjs';

const config = JSON.parse(await readFile(join(root, 'config.json'), 'utf8'));

/** The demo consumers, `{id, secret}`: under Bitbucket's rules of 2019 and of 2026. */
export const consumers = {
  then: {id: config.consumerKey, secret: config.consumerSecret},
  today: {id: config.consumer2026.consumerKey, secret: config.consumer2026.consumerSecret},
};

/** The same as `[['2019', consumer], ['2026', consumer]]`. */
export const profiles = [['2019', consumers.then], ['2026', consumers.today]];

/** The callback of both; nobody listens there. */
export const callback = 'http://localhost:3000/oauth-callback';

/** A running sandbox that test suites may steer. */
export const steeredSandbox = (args = []) => sandbox(['--control', ...args]);

/**
 * The tests of a client, once for each style of errors, each on a sandbox of its own. A test's name
 * begins with what docs/clients.md has a column for, and the profile: "code 2019: ...".
 * @param tests  gets the server, which runs once a test runs, and the style.
 */
export function withEachStyleOfErrors(client, tests) {
  for (const errors of ['bitbucket', 'rfc6749']) {
    describe(`${client}, --errors ${errors}`, () => {
      const server = {};
      before(async () => Object.assign(server, await steeredSandbox(['--errors', errors])));
      after(() => server.stop?.());
      tests(server, errors);
    });
  }
}

/** A verifier of RFC 7636 and the challenge for it. */
export function pkce() {
  const verifier = randomBytes(32).toString('base64url');
  return {verifier, challenge: createHash('sha256').update(verifier).digest('base64url')};
}

/** A person with a browser without JavaScript, which keeps cookies as browsers do: by host. */
export class Person {
  #cookies = new Map();

  async #send(address, form) {
    const answer = await fetch(address, {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      redirect: 'manual',
      headers: {
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...form && {origin: new URL(address).origin},
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.#cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (!location) return {address: new URL(address), page: await answer.text(), answer};
    const next = new URL(location, address);
    if (next.href.startsWith(callback)) return {address: next, answer};
    return this.#send(next);
  }

  /** Sends the page's form with this action, with its hidden fields and what the person adds. */
  #submit({address, page}, action, fields) {
    const form = page.match(new RegExp(`<form[^>]*action="(${action})"[^>]*>([^]*?)</form>`));
    assert.ok(form, `no form for ${action} in ${page}`);
    const hidden = form[2].matchAll(/<input type="hidden" name="(.*?)" value="(.*?)">/g);
    return this.#send(
        new URL(form[1], address), [...hidden].map(([, ...field]) => field).concat(fields));
  }

  /**
   * Opens the address where a client sends the browser, signs in and answers as asked.
   * @returns where the browser ends: {address, answer, page}; there is no page at `callback`.
   */
  async answer(address, {decision = 'allow', account = accounts.alice} = {}) {
    let at = await this.#send(address);
    if (at.page?.includes('action="/account/signin"')) {
      at = await this.#submit(at, '/account/signin', Object.entries(account));
    }
    const code = at.page?.match(/data-code>([0-9]{6})</);
    if (code) at = await this.#submit(at, '/account/signin/code', [['code', code[1]]]);
    if (!at.page?.includes('id="answer"')) return at;
    const boxes = [...at.page.matchAll(/name="(scope)" value="(.*?)"/g)];
    return this.#submit(at, '/site/oauth2/authorize/[^"]+', [
      ['decision', decision], ...boxes.map(([, ...field]) => field),
    ]);
  }
}

/** Where a new person's browser ends, who was sent to this address. */
export const answered = async (address, how) => (await new Person().answer(address, how)).address;

/**
 * A token response for alice, as if she had signed in by code.
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
