// SPDX-License-Identifier: MIT
// Runs the tests of the third-party clients, and holds the table of docs/clients.md against what
// passed: a test named "code 2019, refresh 2019: ..." fills two cells of its client's line.
// `node clients.mjs --write` writes the table.
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {compose} from 'node:stream';
import {run} from 'node:test';
import {spec} from 'node:test/reporters';

import {root} from '../browser/support.mjs';

const columns = ['discovery', 'code', 'implicit', 'password', 'client credentials', 'refresh',
                 'introspect', 'revoke', 'refusals'];
const clients = {
  'simple-oauth2': 'simple_oauth2',
  'openid-client': 'openid_client',
  'oauth4webapi': 'oauth4webapi',
  'client-oauth2': 'client_oauth2',
  'passport-bitbucket-oauth2': 'passport_bitbucket',
  'other languages': 'other_languages',
};
const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
const page = join(root, 'docs/clients.md');

/** client -> column -> profile -> styles of errors; filled by tests that passed. */
const passed = {};
let titles = [];
let failures = 0;

const files = Object.values(clients).map((file) => join(import.meta.dirname, `${file}.test.mjs`));
const tests = run({files, concurrency: 2});
tests.on('test:fail', () => ++failures);
tests.on('test:pass', ({name, nesting}) => {
  if (nesting > 0) return titles.push(name);
  const [client, errors] = name.split(', --errors ');
  for (const title of titles) {
    for (const [, column, profile] of title.split(':')[0].matchAll(/([a-z ]+?) (\d{4})(?:, |$)/g)) {
      (((passed[client] ??= {})[column] ??= {})[profile] ??= new Set()).add(errors);
    }
  }
  titles = [];
});
compose(tests, spec).pipe(process.stdout);
await new Promise((resolve) => tests.on('end', resolve));

const cell = (client, column) =>
    Object.entries(passed[client]?.[column] ?? {}).map(([profile, errors]) =>
      errors.size === 2 ? profile : `${profile} (${[...errors]})`).sort().join(', ') || '-';
const lines = [['client', ...columns], ['---', ...columns.map(() => '---')]];
for (const client of Object.keys(clients)) {
  const version = lock.packages[`node_modules/${client}`]?.version;
  lines.push([version ? `${client} ${version}` : client,
              ...columns.map((column) => cell(client, column))]);
}
const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const text = await readFile(page, 'utf8');
const old = /^\| client \|[^]*?(?=\n\n)/m.exec(text)?.[0];
if (process.argv.includes('--write')) {
  await writeFile(page, text.replace(old, table));
} else if (old !== table) {
  console.log(`docs/clients.md should have:\n${table}`);
  ++failures;
}
process.exitCode = failures ? 1 : 0;
