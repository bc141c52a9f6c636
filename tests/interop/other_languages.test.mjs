// SPDX-License-Identifier: MIT
// What OAuth libraries of other languages send and rely on, request by request; the libraries
// themselves are not installed by `make test`.
import assert from 'node:assert/strict';
import {it} from 'node:test';

import {answered, callback, consumers, profiles, user, withEachStyleOfErrors} from './support.mjs';

const form = 'application/x-www-form-urlencoded';
const encoded = (fields) => new URLSearchParams(fields).toString();

withEachStyleOfErrors('other languages', (server, errors) => {
  const send = (path, options) =>
      fetch(server.sandbox + path, {redirect: 'manual', ...options});
  const authorize = (fields) => `/site/oauth2/authorize?${encoded(fields)}`;
  const approve = (body) => send('/_sandbox/approvals', {
    method: 'POST', body: JSON.stringify({user: 'alice', ...body}),
  });
  /** Where an authorization request is answered to, by a person who allows it or does not. */
  const decided = async (fields, {path = authorize(fields), deny, method = 'GET'} = {}) => {
    await approve(deny ? {deny} : {});
    const answer = await send(path, method === 'POST' && {method, body: new URLSearchParams(fields)});
    assert.equal(answer.status, 303);
    return new URL(answer.headers.get('location'));
  };
  const basic = ({id, secret}, scheme = 'Basic') => ({
    authorization: `${scheme} ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)
        .toString('base64')}`,
  });
  const inBody = ({id, secret}) => ({client_id: id, client_secret: secret});

  for (const [profile, consumer] of profiles) {
    const asked = {response_type: 'code', client_id: consumer.id};
    const tokenRequests = {
      'Go x/oauth2, header': {headers: {'content-type': form, ...basic(consumer)}},
      'Go x/oauth2, body': {headers: {'content-type': form}, more: inBody(consumer)},
      'requests-oauthlib': {
        headers: {accept: 'application/json', 'content-type': `${form};charset=UTF-8`},
        more: {...inBody(consumer), redirect_uri: callback},
      },
      'Authlib': {
        headers: {accept: 'application/json', 'content-type': `${form};charset=UTF-8`,
                  ...basic(consumer)},
        more: {redirect_uri: callback, state: 's'},
      },
      'Spring Security': {
        headers: {accept: 'application/json;charset=UTF-8', 'content-type': `${form};charset=UTF-8`,
                  ...basic(consumer)},
        more: {redirect_uri: callback},
      },
      'Ruby oauth2': {
        headers: {accept: '*/*', 'content-type': form, ...basic(consumer)},
        more: {redirect_uri: callback},
      },
      ...errors === 'bitbucket' && {  // RFC 6749 section 2.3 allows one authentication only
        'header and body at once': {
          headers: {accept: '*/*', 'content-type': form, ...basic(consumer)},
          more: {...inBody(consumer), redirect_uri: callback},
        },
      },
      'ASP.NET Core': {
        headers: {accept: 'application/json', 'content-type': form},
        more: {...inBody(consumer), redirect_uri: callback},
      },
      'league/oauth2-client (PHP)': {
        headers: {accept: 'text/html', 'content-type': form},
        more: {...inBody(consumer), redirect_uri: callback, approval_prompt: 'auto'},
      },
      'curl, scheme in lower case': {
        headers: {'content-type': form, ...basic(consumer, 'basic')},
      },
    };

    it(`code ${profile}: token requests as libraries make them`, async () => {
      for (const [name, {headers, more}] of Object.entries(tokenRequests)) {
        const sent = more?.redirect_uri ? {redirect_uri: callback} : {};
        const code = (await decided({...asked, ...sent, scope: 'account email'})).searchParams.get('code');
        for (const path of ['/site/oauth2/access_token', '/site/oauth2/access_token/']) {
          const answer = await send(path, {
            method: 'POST', headers, body: encoded({grant_type: 'authorization_code', code, ...more}),
          });
          const body = await answer.json();
          if (path.endsWith('/')) {
            // The code was used at the address without the slash, so this one was understood.
            assert.equal(answer.status, 400, name);
            assert.equal(body.error, 'invalid_grant', name);
            continue;
          }
          assert.equal(answer.status, 200, `${name}: ${JSON.stringify(body)}`);
          assert.match(answer.headers.get('content-type'), /^application\/json/);
          // Spring and oauthlib compare, .NET and Go parse.
          assert.equal(body.token_type, 'bearer');
          assert.equal(body.scope, 'account email');
          assert.equal(typeof body.expires_in, 'number');
          for (const [key, value] of Object.entries(body)) assert.notEqual(value, null, key);
        }
      }
    });

    it(`code ${profile}: authorization requests as libraries make them`, async () => {
      const state = 'eyJhIjoxfQ==.~-_/+ä';
      const requests = {
        'blanks as +': {...asked, scope: 'account email', state},
        'extra parameters': {
          ...asked, state, prompt: 'consent', access_type: 'offline', approval_prompt: 'auto',
          nonce: 'n', audience: 'a', login_hint: 'alice', response_mode: 'query',
        },
        'social-core: redirect_state': {...asked, state, redirect_uri: `${callback}?redirect_state=x`},
        'empty values': {...asked, state, redirect_uri: '', scope: ''},
      };
      for (const [name, fields] of Object.entries(requests)) {
        if (errors === 'rfc6749' && fields.redirect_uri) continue;  // exact there
        const blanks = authorize(fields).replaceAll('+', '%20');
        for (const how of [
               {}, {path: blanks}, {method: 'POST', path: '/site/oauth2/authorize'},
               {path: authorize(fields).replace('authorize?', 'authorize/?')},
             ]) {
          const {searchParams, href} = await decided(fields, how);
          assert.ok(searchParams.get('code'), `${name}: ${href}`);
          assert.equal(searchParams.get('state'), state, name);
          if (fields.redirect_uri) assert.equal(searchParams.get('redirect_state'), 'x');
        }
      }
    });

    it(`refusals ${profile}: in the alphabet and with the headers that libraries parse`, async () => {
      for (const [fields, error] of [
             [{...asked, state: 's'}, 'access_denied'],
             [{...asked, state: 's', response_type: 'co"de\\ \r\nä'}, 'unsupported_response_type'],
           ]) {
        const {searchParams} = await decided(fields, {deny: true});
        assert.equal(searchParams.get('error'), error);
        assert.equal(searchParams.get('state'), 's');
        assert.match(searchParams.get('error_description'), /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
        await send('/_sandbox/approvals', {method: 'DELETE'});
      }
      const answer = await send('/site/oauth2/access_token', {
        method: 'POST', headers: {'content-type': form, ...basic({...consumer, secret: 'wrong'})},
        body: 'grant_type=client_credentials',
      });
      // Go and Spring try or tell by the status and the body's `error`.
      assert.equal(answer.status, errors === 'rfc6749' ? 401 : 400);
      const body = await answer.json();
      assert.equal(body.error, errors === 'rfc6749' ? 'invalid_client' : 'unauthorized_client');
      assert.match(body.error_description, /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
    });

    it(`refresh ${profile}: with what libraries add`, async () => {
      const code = (await decided(asked)).searchParams.get('code');
      const post = (fields) => send('/site/oauth2/access_token', {
        method: 'POST', headers: {accept: 'application/json', 'content-type': form},
        body: encoded({...inBody(consumer), ...fields}),
      });
      const first = await (await post({grant_type: 'authorization_code', code})).json();
      for (const more of [
             {}, {scope: first.scope}, {redirect_uri: callback}, {scope: ''},
           ]) {
        const answer =
            await post({grant_type: 'refresh_token', refresh_token: first.refresh_token, ...more});
        const body = await answer.json();
        assert.equal(answer.status, 200, JSON.stringify(body));
        assert.ok(body.refresh_token);
        assert.equal((await user(server, body.access_token)).status, 200);
      }
    });
  }

  it('discovery 2019, discovery 2026: OpenID\'s document is 404, so that Spring goes on to ours', async () => {
    assert.equal((await send('/.well-known/openid-configuration')).status, 404);
    const answer = await send('/.well-known/oauth-authorization-server');
    const {issuer, response_types_supported: types} = await answer.json();
    assert.equal(issuer, server.sandbox);
    assert.deepEqual(types, ['code', 'token']);
  });

  it('answers HEAD as GET, and OPTIONS', async () => {
    const asked = authorize({response_type: 'code', client_id: consumers.then.id});
    const head = await send(asked, {method: 'HEAD'});
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
    for (const path of [asked, '/site/oauth2/access_token']) {
      const options = await send(path, {method: 'OPTIONS'});
      assert.ok([200, 204, 405].includes(options.status));
      assert.ok(options.headers.get('allow'));
    }
  });

  it('shows people a page, whatever they accept', async () => {
    for (const accept of ['text/html', '*/*', 'application/json']) {
      const path = authorize({response_type: 'code', client_id: consumers.then.id});
      const answer = await send(path, {headers: {accept}});
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type'), /^text\/html/);
    }
    const page = await answered(
        `${server.sandbox}${authorize({client_id: 'nobody', response_type: 'code'})}`);
    assert.equal(page.origin, server.sandbox);
  });
});
