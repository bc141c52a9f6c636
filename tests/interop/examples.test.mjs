// SPDX-License-Identifier: MIT
// The programs of the page "Code" that are no C++, each run as it stands against the sandbox. The
// C++ ones are run by tests/project/examples.test.mjs.
import assert from 'node:assert/strict';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {accounts, root, run, sandbox, signInByHand} from '../browser/support.mjs';

// What a program has to print. Without a line here a new one fails the test below.
const prints = {
  password_grant: /Alice Example/,
  client_credentials: /acme\/|1 repository|sees 1 on/,
  list_repositories: /acme\/hello/,
  refresh: /Alice Example/,
};
// It asks a person for the address that the browser ends at.
const withPerson = ['authorization_code'];

let running;
before(async () => running = await sandbox(['--control']));
after(async () => await running?.stop());

const commands = {
  sh: (name) => ['sh', [join(root, 'examples', `${name}.sh`)]],
  mjs: (name) => [process.execPath, [join(root, 'examples', `${name}.mjs`)]],
};

for (const file of readdirSync(join(root, 'examples')).filter((name) => /\.(sh|mjs)$/.test(name))) {
  const [name, language] = file.split('.');
  if (withPerson.includes(name)) continue;
  test(`examples/${file} runs`, async () => {
    const [command, args] = commands[language](name);
    const result = await run(command, args, {
      environment: {
        BBGRANT_SERVER: running.sandbox,
        BBGRANT_USERNAME: accounts.alice.username,
        BBGRANT_PASSWORD: accounts.alice.password,
      },
    });
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, prints[name] ?? assert.fail(`say what ${file} prints`));
  });
}

for (const language of Object.keys(commands)) {
  test(`examples/authorization_code.${language} takes the address that the browser ends at`, async () => {
    const [command, args] = commands[language]('authorization_code');
    const environment = {...process.env, BBGRANT_SERVER: running.sandbox};
    const {code, printed} = await signInByHand(command, args, environment, running.sandbox);
    assert.equal(code, 0, printed);
    assert.match(printed, /Alice Example/);
  });
}
