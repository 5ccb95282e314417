// How the app feels in a demo company that runs (`make demo`): first content, layout jumps and the slowest answer to a key, each the median of five
// visits with an empty cache, as the owner.
//   cd web && node tools/feel.mjs [http://127.0.0.1:8080]
import fs from 'node:fs';
import { chromium } from 'playwright-core';

const [base = 'http://127.0.0.1:8080'] = process.argv.slice(2);
const visits = 5;
const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((f) => f && fs.existsSync(f));
const browser = await chromium.launch({ executablePath: found, args: ['--no-sandbox', '--disable-gpu'] });

async function person() {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  });
  const login = { email: 'owner@demo.tenon', password: 'tenon-demo' };
  const r = await context.request.post(`${base}/api/v1/login`, { data: login });
  if (!r.ok()) throw new Error(await r.text());
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = { largest: 0, jumps: 0, events: [] };
    globalThis.seen = seen;
    const watch = (type, take, more = {}) =>
      new PerformanceObserver((l) => l.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
    watch('largest-contentful-paint', (e) => {
      seen.largest = e.startTime;
    });
    watch('layout-shift', (e) => {
      if (!e.hadRecentInput) seen.jumps += e.value;
    });
    watch('event', (e) => seen.events.push(e.duration), { durationThreshold: 16 });
  });
  return { context, page };
}

const focus = (selector) => (page) => page.locator(selector).first().focus();
const first = await person();
const order = (await (await first.context.request.get(`${base}/api/v1/sales/orders?limit=1`)).json()).data[0].id;
await first.context.close();

// What is looked at, what is focused there, and the key that is pressed.
const pages = [
  ['home', '/'],
  ['list', '/sales/orders', focus('[data-at="0:0"]'), 'ArrowDown'],
  ['record', `/sales/orders/${order}`, focus('[role=tab]'), 'ArrowRight'],
  ['board', '/crm/pipeline', focus('[data-card]'), 'ArrowDown'],
  ['form', '/sales/orders/new', focus('main textarea.input'), 'a'],
  ['palette', '/', () => undefined, 'Control+k'],
];

async function visit([, at, begin, key]) {
  const { context, page } = await person();
  await page.goto(base + at, { waitUntil: 'commit' });
  await page.locator('main h1').first().waitFor();
  const heading = await page.evaluate(() => performance.now());
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() => !document.querySelector('.skeletons'));
  const content = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  const { largest, jumps } = await page.evaluate(() => globalThis.seen);
  if (key) {
    await begin(page);
    await page.evaluate(() => globalThis.seen.events.splice(0));
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press(key);
      await page.waitForTimeout(120);
    }
    await page.waitForTimeout(200);
  }
  const key_ = key ? Math.max(0, ...(await page.evaluate(() => globalThis.seen.events))) : 0;
  await context.close();
  return { content, heading, largest, jumps, key: key_ };
}

const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
console.log('page      first content   heading   largest   jumps   slowest key');
for (const p of pages) {
  const runs = [];
  for (let i = 0; i < visits; i++) runs.push(await visit(p));
  const of = (name) => median(runs.map((r) => r[name]));
  const ms = (name, width) => `${Math.round(of(name))} ms`.padStart(width);
  const key = p[3] ? ms('key', 14) : '-'.padStart(14);
  console.log(
    `${p[0].padEnd(9)}${ms('content', 14)}${ms('heading', 10)}${ms('largest', 10)}${of('jumps').toFixed(2).padStart(8)}${key}`,
  );
}
await browser.close();
