// SPDX-License-Identifier: MIT
// README.md's own commands, run as they stand there. A block that has an HTML comment
// "prints: TEXT" before it is run against a bbgrant on free ports and must print TEXT; the blocks
// without one are the two commands that start everything.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {after, before, describe, it} from 'node:test';

import {binary, root, run, serve, start} from '../browser/support.mjs';

const readme = await readFile(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/(?:<!-- prints: (.*) -->\n)?```sh\n([^]*?)```/g)]
                   .map(([, prints, commands]) => ({prints, commands}));
const marked = blocks.filter(({prints}) => prints !== undefined);
const unmarked = blocks.filter(({prints}) => prints === undefined);

describe('README.md', () => {
  let server;
  before(async () => server = await serve());
  after(() => server?.stop());

  const here = (commands) =>
      commands.replaceAll('localhost:3000', new URL(server.app).host)
          .replaceAll('localhost:7990', new URL(server.sandbox).host)
          .replaceAll('build/release/bbgrant', binary);

  it('has commands to run', () => assert.ok(marked.length >= 4));

  for (const {prints, commands} of marked) {
    it(`prints ${prints}: ${commands.split('\n')[0]}`, async () => {
      const environment = {BBGRANT_SANDBOX_PORT: new URL(server.sandbox).port};
      const {code, stdout, stderr} = await run(
          'bash', ['-euo', 'pipefail', '-c', here(commands)], {environment});
      assert.equal(code, 0, stdout + stderr);
      assert.ok(stdout.includes(prints), stdout + stderr);
    });
  }

  it('starts with the two commands', () => {
    assert.deepEqual(unmarked.map(({commands}) => commands.trim()), ['make start', 'make test']);
  });

  // The other build folders have another program, and CI has just run `make test` itself.
  const release = dirname(binary) === join(root, 'build/release');
  it('serves both addresses after `make start`', {skip: !release && 'release only'}, async () => {
    const free = '--port 0 --sandbox-port 0 --store memory --ready-json';
    const started = await start('make', ['start', `ARGS=${free}`]);
    try {
      for (const origin of [started.app, started.sandbox]) {
        assert.equal((await fetch(`${origin}/healthcheck`)).status, 200);
      }
    } finally {
      // make passes the signal on and then reports it, so its own exit code says nothing.
      await started.stop().catch((error) => {
        if (!/stopped with (2|SIGTERM|143)/.test(error.message)) throw error;
      });
    }
  });
});
