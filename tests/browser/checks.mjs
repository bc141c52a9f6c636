// SPDX-License-Identifier: MIT
// What has to hold for every page: axe-core, html-validate, nothing to scroll sideways.
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {HtmlValidate} from 'html-validate';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const validator = new HtmlValidate({
  extends: ['html-validate:standard'],
  rules: {
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'void-style': 'off',
    'tel-non-breaking': 'off',
    'prefer-native-element': 'off',  // a role says what a styled list of spans is
    'no-inline-style': 'error',
  },
});

/** What stands wrong on the page as it is now. */
export async function complaints(page) {
  // Evaluated, not added as a script: the page's policy holds for the test too.
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document, {resultTypes: ['violations']}));
  const wrong = found.violations.flatMap(
      ({id, nodes}) => nodes.map((node) => `axe ${id}: ${node.html.slice(0, 140)} ${node.failureSummary}`));
  const overflow =
      await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) wrong.push(`${overflow} px to scroll sideways`);
  return wrong;
}

/** What html-validate says of a page as it was sent. */
export async function faultsOf(html) {
  const report = await validator.validateString(html);
  return report.results.flatMap(
      ({messages}) => messages.map((m) => `${m.line}:${m.column} ${m.ruleId} ${m.message}`));
}
