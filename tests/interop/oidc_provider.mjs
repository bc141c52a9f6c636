// SPDX-License-Identifier: MIT
// An authorization server that we did not write: oidc-provider, with one native client (RFC 8252)
// and one user, who signs in and agrees to everything by herself. Prints {"origin":"http://..."}
// once it answers.
import {createServer} from 'node:http';
import Provider from 'oidc-provider';

console.info = () => {};  // stdout carries one line, and is closed after it
console.warn = () => {};  // of keys and data that live as long as a test

let answer;
const server = createServer((request, response) => answer(request, response));
server.listen(0, '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(origin, {
    clients: [{
      client_id: 'third party',
      client_secret: 'of & another=kind%, long enough',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    }],
    cookies: {keys: ['a key of this test']},
    scopes: ['openid', 'account'],
    issueRefreshToken: () => true,
    findAccount: (context, id) => ({accountId: id, claims: () => ({sub: id})}),
    interactions: {url: (context, interaction) => `/interaction/${interaction.uid}`},
    features: {
      devInteractions: {enabled: false},
      clientCredentials: {enabled: true},
      introspection: {enabled: true},
      revocation: {enabled: true},
    },
  });

  const interact = async (request, response) => {
    const {prompt, params, session} = await provider.interactionDetails(request, response);
    if (prompt.name === 'login') {
      return provider.interactionFinished(request, response, {login: {accountId: 'dora'}});
    }
    const grant = new provider.Grant({accountId: session.accountId, clientId: params.client_id});
    grant.addOIDCScope(params.scope);
    const consent = {grantId: await grant.save()};
    return provider.interactionFinished(
        request, response, {consent}, {mergeWithLastSubmission: true});
  };
  const usual = provider.callback();
  answer = (request, response) =>
      request.url.startsWith('/interaction/') ? interact(request, response) : usual(request, response);
  console.log(JSON.stringify({origin}));
});
process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
