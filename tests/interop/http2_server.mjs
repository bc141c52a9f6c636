// SPDX-License-Identifier: MIT
// node http2_server.mjs KEY CERTIFICATE: answers over HTTP/2 with TLS, with the number of sessions
// so far. Prints {"origin":"https://..."} once it answers.
import {readFileSync} from 'node:fs';
import {createSecureServer} from 'node:http2';

const [key, cert] = process.argv.slice(2).map((file) => readFileSync(file));
let sessions = 0;
const server = createSecureServer({key, cert}, (request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({bearer: request.headers.authorization, sessions}));
});
server.on('session', () => ++sessions);
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({origin: `https://127.0.0.1:${server.address().port}`}));
});
