// SPDX-License-Identifier: MIT
// What the Node tests share: a running bbgrant on free ports, and Debian's Chromium.
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';

/** The project's root, where config.json lies. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The program under test: ctest names the build folder, by hand it is the release build. */
export const binary = join(process.env.BBGRANT_BINARY_DIR ?? join(root, 'build/release'), 'bbgrant');

/** The accounts that the demo seed brings. */
export const accounts = {
  alice: {username: 'alice', password: 'alice-password'},
  bob: {username: 'bob', password: 'bob-password'},  // two-step verification: refused
  carol: {username: 'carol', password: 'carol-password'},
};

const startWithinMs = 30_000;
const stopWithinMs = 20_000;
const quick = () => [...store(), '--password-cost', 'minimal', '--ready-json'];

/** A store of its own: in memory, or on the server of tests/support/with_postgres.cpp. */
function store() {
  const server = process.env.BBGRANT_TEST_POSTGRES;
  if (!server) return ['--store', 'memory'];
  const schema = `node_${process.pid}_${++schemas}`;
  execFileSync('/usr/lib/postgresql/15/bin/psql', ['-qc', `CREATE SCHEMA ${schema}`, server]);
  return ['--store', `${server}&options=-csearch_path%3D${schema}`,
          '--key-file', join(new URL(server).searchParams.get('host'), `${schema}.key`)];
}
let schemas = 0;

/** Starts app and sandbox. `app` and `sandbox` of the result are their addresses. */
export const serve = (args = []) =>
    start(binary, ['serve', '--port', '0', '--sandbox-port', '0', ...quick(), ...args]);

/** Starts the sandbox alone. `sandbox` of the result is its address. */
export const sandbox = (args = []) =>
    start(binary, ['sandbox', '--listen', '127.0.0.1:0', ...quick(), ...args]);

/**
 * Starts a server that prints one line of JSON once it answers, in the project's root, with a home
 * folder of its own.
 * @returns what that line says, and: `output()`, all that it printed; `stop()`, which ends it by
 *     SIGTERM and rejects unless it exits with 0; `process`.
 */
export async function start(command, args, environment = {}) {
  const home = await mkdtemp(join(tmpdir(), 'bbgrant-home-'));
  const child = spawn(command, args, {
    cwd: root,
    env: {...withoutSettings(process.env), HOME: home, XDG_STATE_HOME: home, ...environment},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (bytes) => output += bytes);
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });

  const ended = exited.then((how) => {
    throw new Error(`${command} ${args.join(' ')} ended (${how}) before it was ready:\n${output}`);
  });
  try {
    const ready = await within(startWithinMs, 'to be ready', Promise.race([readyLine(), ended]));
    ended.catch(() => {});
    return {...ready, process: child, output: () => output, stop};
  } catch (error) {
    child.kill('SIGKILL');
    await rm(home, {recursive: true, force: true});
    throw error;
  }

  function readyLine() {
    return new Promise((resolve) => {
      createInterface({input: child.stdout}).on('line', (line) => {
        output += line + '\n';
        if (line.startsWith('{')) resolve(JSON.parse(line));
      });
    });
  }

  async function stop() {
    child.kill('SIGTERM');
    const how = await within(stopWithinMs, 'to stop', exited).catch((error) => {
      child.kill('SIGKILL');
      throw error;
    });
    await rm(home, {recursive: true, force: true});
    if (how !== 0) throw new Error(`${command} stopped with ${how}, not 0:\n${output}`);
  }

  async function within(milliseconds, what, promise) {
    const timer = new AbortController();
    const late = new Promise((_, reject) => {
      const id = setTimeout(
          () => reject(new Error(`${command} took more than ${milliseconds} ms ${what}:\n${output}`)),
          milliseconds);
      timer.signal.addEventListener('abort', () => clearTimeout(id));
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      timer.abort();
    }
  }
}

/** Runs a command to its end. @returns {code, stdout, stderr}; never rejects for its exit code. */
export async function run(command, args, {input = '', environment = {}, cwd = root} = {}) {
  const child = spawn(command, args, {cwd, env: {...withoutSettings(process.env), ...environment}});
  let stdout = '', stderr = '';
  child.stdout.on('data', (bytes) => stdout += bytes);
  child.stderr.on('data', (bytes) => stderr += bytes);
  child.stdin.on('error', () => {});  // it need not read what it is given
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return {code, stdout, stderr};
}

/**
 * Plays the person in a program that prints the address to open and asks for the one that the browser
 * ends at: alice allows, by the sandbox's control interface.
 * @param origin  of a sandbox with --control.
 * @returns {code, printed} once the program has ended.
 */
export async function signInByHand(command, args, environment, origin) {
  const child = spawn(command, args, {env: environment});
  let printed = '';
  child.stderr.on('data', (bytes) => printed += bytes);
  const ended = once(child, 'close');
  const address = await new Promise((resolve, reject) => {
    child.stdout.on('data', (bytes) => {
      printed += bytes;
      const found = /^Open (\S+)\nThen paste/m.exec(printed);
      if (found) resolve(found[1]);
    });
    ended.then(() => reject(new Error(printed)));
  });
  await fetch(`${origin}/_sandbox/approvals`, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({user: accounts.alice.username}),
  });
  const answer = await fetch(address, {redirect: 'manual'});
  child.stdin.end(answer.headers.get('Location') + '\n');
  const [code] = await ended;
  return {code, printed};
}

/** How Debian's Chromium is started by the tests. */
export const chromiumArgs = [
  '--disable-gpu', '--no-first-run', '--no-proxy-server', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

// One Chromium for all of a file's tests: a context of its own has a profile of its own, and costs a
// tenth of a start. It ends a moment after its last context.
let browser;
let contexts = 0;
let ending;

/**
 * Opens Debian's Chromium, headless, with an empty profile of its own.
 * @param origins  the addresses under test; a request to any other is kept in `outside`.
 * @param options  for Playwright's context: javaScriptEnabled, colorScheme, viewport, ...
 * @returns {page, context, outside, close()}
 */
export async function openBrowser(origins, options = {}) {
  clearTimeout(ending);
  browser ??= chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    chromiumSandbox: process.getuid() !== 0,  // Chromium's sandbox refuses to run as root
    args: chromiumArgs,
  });
  contexts += 1;
  const context = await (await browser).newContext(options);
  context.setDefaultTimeout(60_000);
  const outside = [];
  context.on('request', (request) => {
    const {protocol, origin} = new URL(request.url());
    if (protocol.startsWith('http') && !origins.includes(origin)) outside.push(request.url());
  });
  const page = await context.newPage();
  const close = async () => {
    await context.close();
    contexts -= 1;
    if (contexts > 0) return;
    ending = setTimeout(async () => {
      const last = browser;
      browser = undefined;
      await (await last).close();
    }, 500);
  };
  return {page, context, outside, close};
}

/** The environment, less what would reach bbgrant, make or curl from whoever runs the tests. */
function withoutSettings(environment) {
  const kept = Object.entries(environment)
                   .filter(([name]) => !/^(BBGRANT_|MAKE|MFLAGS|NODE_TEST)/.test(name));
  return {...Object.fromEntries(kept), NO_PROXY: 'localhost,127.0.0.1', no_proxy: 'localhost,127.0.0.1'};
}
