// SPDX-License-Identifier: MIT
// The programs that the page "Code" shows, each run as it stands against the sandbox.
import assert from 'node:assert/strict';
import {existsSync, readdirSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, before, test} from 'node:test';
import {accounts, binary, root, run, sandbox} from '../browser/support.mjs';

// What a program has to print. Without a line here a new one fails the test below.
const prints = {
  password_grant: /Alice Example/,
  client_credentials: /acme\/|1 repository|sees 1 on/,
  list_repositories: /acme\/hello/,
  refresh: /Alice Example/,
  long_running: /Still Alice Example/,
  token_store: /Saved .*Forgotten/s,
  other_server: /"access_token":\s*"\*\*\*"/,
};
// It asks a person for the address that the browser ends at: the browser tests run it.
const withPerson = ['authorization_code'];

let running, folder;
before(async () => {
  running = await sandbox();
  folder = await mkdtemp(join(tmpdir(), 'bbgrant-examples-'));
});
after(async () => {
  await running?.stop();
  await rm(folder, {recursive: true, force: true});
});

const commands = {
  cpp: (name) => [join(dirname(binary), 'examples', name), []],
  sh: (name) => ['sh', [join(root, 'examples', `${name}.sh`)]],
  mjs: (name) => [process.execPath, [join(root, 'examples', `${name}.mjs`)]],
};

for (const file of readdirSync(join(root, 'examples')).filter((name) => /\.(cpp|sh|mjs)$/.test(name))) {
  const [name, language] = file.split('.');
  if (withPerson.includes(name)) continue;
  test(`examples/${file} runs`, async (context) => {
    const [command, args] = commands[language](name);
    if (language === 'cpp' && !existsSync(command)) return context.skip('not built in this folder');
    const result = await run(command, args, {
      environment: {
        BBGRANT_SERVER: running.sandbox,
        BBGRANT_USERNAME: accounts.alice.username,
        BBGRANT_PASSWORD: accounts.alice.password,
        BBGRANT_TOKEN_FILE: join(folder, `${name}-${language}.json`),
        TOKEN_URL: `${running.sandbox}/site/oauth2/access_token`,
        API_URL: running.sandbox,
        CLIENT_ID: 'bbgrantDemo2019key',
        CLIENT_SECRET: 'bbgrant-demo-2019-secret-not-for-production',
      },
    });
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, prints[name] ?? assert.fail(`say what ${file} prints`));
  });
}
