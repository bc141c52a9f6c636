// SPDX-License-Identifier: MIT
// `make screenshots`: takes the README's pictures anew, and a short animation of the tour.
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {crc32} from 'node:zlib';
import {openBrowser, root, serve} from './support.mjs';

const pictures = join(root, 'docs/pictures');
const running = await serve();
const desktop = {viewport: {width: 1440, height: 1000}, colorScheme: 'light', reducedMotion: 'reduce'};

async function take(name, options, reach) {
  const {page, close} = await openBrowser([running.app], {...desktop, ...options});
  try {
    await page.goto(running.app + '/');
    await reach(page);
    await page.screenshot({path: join(pictures, `${name}.png`)});
  } finally {
    await close();
  }
}

async function runAsAlice(page) {
  await page.click('button:has-text("Run it as alice")');
  await page.waitForSelector('#rows .row.done', {state: 'attached'});
}

/** One animated PNG of pictures of the same size, each shown for some milliseconds. */
function animation(frames, milliseconds) {
  const signature = frames[0].subarray(0, 8);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length, 0);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc32(body), body.length + 4);
    return whole;
  };
  const chunks = (png) => {
    const found = [];
    for (let at = 8; at < png.length;) {
      const length = png.readUInt32BE(at);
      found.push({type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length)});
      at += length + 12;
    }
    return found;
  };
  const header = chunks(frames[0]).find(({type}) => type === 'IHDR').data;
  const numbers = (...values) => {
    const data = Buffer.alloc(values.length * 4);
    values.forEach((value, index) => data.writeUInt32BE(value, index * 4));
    return data;
  };
  let sequence = 0;
  const parts = [signature, chunk('IHDR', header), chunk('acTL', numbers(frames.length, 0))];
  frames.forEach((png, index) => {
    const control = Buffer.alloc(26);
    control.writeUInt32BE(sequence++, 0);
    header.copy(control, 4, 0, 8);  // width and height; no offset
    control.writeUInt16BE(milliseconds[index], 20);
    control.writeUInt16BE(1000, 22);
    parts.push(chunk('fcTL', control));
    for (const {type, data} of chunks(png)) {
      if (type !== 'IDAT') continue;
      parts.push(index === 0 ? chunk('IDAT', data) : chunk('fdAT', Buffer.concat([numbers(sequence++), data])));
    }
  });
  return Buffer.concat([...parts, chunk('IEND', Buffer.alloc(0))]);
}

try {
  await take('tour', {}, runAsAlice);
  await take('tour-refused-dark', {colorScheme: 'dark'}, async (page) => {
    await page.click('.accounts button:has-text("bob")');
    await page.click('#credentials button[type=submit]');
    await page.waitForSelector('#result');
  });
  await take('explorer', {}, async (page) => {
    await runAsAlice(page);
    await page.goto(running.app + '/explorer?path=/2.0/repositories/acme');
    await page.click('.call-line button');
    await page.waitForSelector('#answer');
  });
  await take('grants', {}, async (page) => {
    await runAsAlice(page);
    await page.goto(running.app + '/grants');
  });
  await take('phone', {viewport: {width: 390, height: 844}}, runAsAlice);

  const {page, close} = await openBrowser(
      [running.app], {...desktop, viewport: {width: 1200, height: 760}});
  const frames = [], times = [];
  const frame = async (milliseconds) => {
    frames.push(await page.screenshot());
    times.push(milliseconds);
  };
  await page.goto(running.app + '/');
  await frame(1500);
  await runAsAlice(page);
  await page.keyboard.press('p');
  for (let arrow = 0; arrow < 6; ++arrow) {
    await page.keyboard.press('ArrowRight');
    await page.waitForLoadState('networkidle');
    await frame(arrow === 5 ? 2500 : 1100);
  }
  await close();
  await writeFile(join(pictures, 'tour-animated.png'), animation(frames, times));
} finally {
  await running.stop();
}
