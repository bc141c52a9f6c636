// SPDX-License-Identifier: MIT
// An authorization server that we did not write: oauth2-mock-server, which believes everybody.
// Prints {"origin":"http://..."} once it answers.
import {OAuth2Server} from 'oauth2-mock-server';

const server = new OAuth2Server();
await server.issuer.keys.generate('RS256');
await server.start(0, 'localhost');
console.log(JSON.stringify({origin: server.issuer.url}));
process.on('SIGTERM', () => server.stop().then(() => process.exit(0)));
