// SPDX-License-Identifier: MIT
// Lighthouse against Debian's Chromium, for the test of its scores and for the benchmark.
import {spawn} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import lighthouse from 'lighthouse';
import {chromiumArgs} from './support.mjs';

/** Chromium with its debugging port open. @returns {port, stop()} */
export async function debuggable() {
  const profile = await mkdtemp(join(tmpdir(), 'bbgrant-chromium-'));
  const child = spawn('/usr/bin/chromium', [
    '--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`,
    ...(process.getuid() === 0 ? ['--no-sandbox'] : []), ...chromiumArgs, 'about:blank',
  ], {stdio: ['ignore', 'ignore', 'pipe']});
  const port = await new Promise((resolve, reject) => {
    createInterface({input: child.stderr}).on('line', (line) => {
      const found = /DevTools listening on ws:\/\/[^:]+:(\d+)/.exec(line);
      if (found) resolve(Number(found[1]));
    });
    child.once('exit', (code) => reject(new Error(`Chromium ended (${code})`)));
    child.once('error', reject);
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    await rm(profile, {recursive: true, force: true, maxRetries: 5});
  };
  return {port, stop};
}

/**
 * @param categories  'accessibility', 'best-practices', 'performance', ...
 * @param settings    Lighthouse's own, such as extraHeaders.
 * @returns {scores: {accessibility: 100, ...}, wrong: ["color-contrast: ..."], report}
 */
export async function judge(port, url, categories, settings = {}) {
  const {lhr} = await lighthouse(url, {port, logLevel: 'silent'}, {
    extends: 'lighthouse:default',
    settings: {
      onlyCategories: categories,
      formFactor: 'desktop',
      screenEmulation: {disabled: true},
      throttlingMethod: 'simulate',  // any other makes it wait five seconds and more for each page
      disableFullPageScreenshot: true,
      ...settings,
    },
  });
  const scores = {};
  const wrong = [];
  for (const category of Object.values(lhr.categories)) {
    scores[category.id] = Math.round(category.score * 100);
    for (const {id, weight} of category.auditRefs) {
      const audit = lhr.audits[id];
      if (weight > 0 && audit.score !== null && audit.score < 1) wrong.push(`${id}: ${audit.title}`);
    }
  }
  return {scores, wrong, report: lhr};
}
