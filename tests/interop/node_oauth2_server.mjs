// SPDX-License-Identifier: MIT
// An authorization server that we did not write: @node-oauth/oauth2-server on express, with one
// client, one user, and tokens in memory. Prints {"origin":"http://..."} once it answers.
import OAuth2Server from '@node-oauth/oauth2-server';
import express from 'express';

const client = {id: 'third party', secret: 'of & another=kind%', grants: ['password', 'refresh_token']};
const user = {username: 'dora', password: ' dora + her password '};
const tokens = [];

// The package reads Basic without the form-decoding of RFC 6749 section 2.3.1; from a body it gets
// the text itself. So both spellings are compared.
const decoded = (text) => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};
const same = (sent, kept) => sent === kept || decoded(sent) === kept;

const oauth = new OAuth2Server({
  model: {
    getClient: (id, secret) =>
        same(id, client.id) && (secret === null || same(secret, client.secret)) ? client : null,
    getUser: (username, password) =>
        username === user.username && password === user.password ? {id: 1, name: 'dora'} : null,
    saveToken: (token, of, whom) => {
      tokens.push({...token, client: of, user: whom});
      return tokens.at(-1);
    },
    getAccessToken: (accessToken) => tokens.find((token) => token.accessToken === accessToken),
    getRefreshToken: (refreshToken) => tokens.find((token) => token.refreshToken === refreshToken),
    revokeToken: ({refreshToken}) => {
      const index = tokens.findIndex((token) => token.refreshToken === refreshToken);
      return index >= 0 && tokens.splice(index, 1).length === 1;
    },
    validateScope: (whom, of, scope) => scope ?? ['account'],
    verifyScope: () => true,
  },
});

const app = express();
app.use(express.urlencoded({extended: false}));

const exchange = (step) => async (request, response) => {
  const answer = new OAuth2Server.Response(response);
  try {
    const result = await step(new OAuth2Server.Request(request), answer);
    if (!answer.body || Object.keys(answer.body).length === 0) answer.body = {user: result.user.name};
  } catch (error) {
    answer.status = error.code ?? 500;
    answer.body = {error: error.name, error_description: error.message};
  }
  response.status(answer.status).set(answer.headers).json(answer.body);
};
app.post('/token', exchange((request, answer) => oauth.token(request, answer)));
app.get('/me', exchange((request, answer) => oauth.authenticate(request, answer)));

const server = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({origin: `http://127.0.0.1:${server.address().port}`}));
});
process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
