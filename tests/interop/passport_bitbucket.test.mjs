// SPDX-License-Identifier: MIT
// A client that we did not write, against our sandbox: passport-bitbucket-oauth2, in an app of
// Express as its readme has it. The browser goes the whole way, by redirects and with cookies. The
// library asks for tokens with the consumer in the header and in the body at once.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {it} from 'node:test';
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import BitbucketStrategy from 'passport-bitbucket-oauth2';

import {accounts} from '../browser/support.mjs';
import {Person, profiles, withEachStyleOfErrors} from './support.mjs';

/** Starts the app; its callback is registered for the consumer. */
async function started(server, consumer, options) {
  const app = express();
  const listening = app.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const origin = `http://127.0.0.1:${listening.address().port}`;
  const answer = await fetch(`${server.sandbox}/_sandbox/consumers/${consumer.id}`, {
    method: 'PATCH', body: JSON.stringify({callback_url: `${origin}/callback`}),
  });
  assert.equal(answer.status, 200, await answer.text());

  const site = new passport.Passport();
  site.serializeUser((user, done) => done(null, user));
  site.deserializeUser((user, done) => done(null, user));
  site.use(new BitbucketStrategy.Strategy({
    clientID: consumer.id,
    clientSecret: consumer.secret,
    authorizationURL: `${server.sandbox}/site/oauth2/authorize`,
    tokenURL: `${server.sandbox}/site/oauth2/access_token`,
    userProfileURL: `${server.sandbox}/2.0/user`,
    ...options(origin),
  }, (accessToken, refreshToken, profile, done) =>
      done(null, {name: profile.displayName, id: profile.id, refreshed: Boolean(refreshToken)})));
  app.use(session({secret: 'x', resave: false, saveUninitialized: false}));
  app.use(site.initialize(), site.session());
  app.get('/login', site.authenticate('bitbucket'));
  app.get('/callback', site.authenticate('bitbucket', {failureRedirect: '/failed'}),
          (request, response) => response.redirect('/me'));
  app.get('/me', (request, response) => response.json(request.user ?? null));
  app.get('/failed', (request, response) => response.json('failed'));
  app.use((error, request, response, next) => response.json({error: error.code}));
  return {origin, stop: () => new Promise((done) => listening.close(done))};
}

withEachStyleOfErrors('passport-bitbucket-oauth2', (server, errors) => {
  const shown = async (consumer, options, how) => {
    const app = await started(server, consumer, options);
    const at = await new Person().answer(`${app.origin}/login`, how);
    await app.stop();
    return JSON.parse(at.page);
  };
  const withCallback = (origin) => ({callbackURL: `${origin}/callback`, state: true});

  for (const [profile, consumer] of profiles) {
    it(`refusals ${profile}: at the page`, async () => {
      assert.equal(await shown(consumer, withCallback, {decision: 'deny'}), 'failed');
    });

    if (errors === 'rfc6749') {
      it(`is told that one client authentication is the standard's limit, ${profile}`, async () => {
        assert.deepEqual(await shown(consumer, withCallback), {error: 'invalid_request'});
      });
      continue;
    }

    it(`code ${profile}: signs alice in, without and with callbackURL, state and PKCE`, async () => {
      const choices = [
        () => ({}), withCallback, (origin) => ({...withCallback(origin), pkce: true}),
        (origin) => ({...withCallback(origin), scope: ['account', 'email']}),
      ];
      for (const options of choices) {
        const user = await shown(consumer, options);
        assert.equal(user.name, 'Alice Example');
        assert.ok(user.refreshed);
      }
    });

    it(`code ${profile}: signs a two-step user in`, async () => {
      await fetch(`${server.sandbox}/_sandbox/clock`, {  // each code is good once
        method: 'PUT', body: '{"advance_seconds": 30}',
      });
      const user = await shown(consumer, withCallback, {account: accounts.bob});
      assert.equal(user.name, 'Bob Example');
    });
  }
});
