// What every browser test needs: Tenon on a fresh data folder, a browser, people, and what must hold on every page.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { start, until } from './server.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const browserAt = () =>
  [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (f) => f && fs.existsSync(f),
  );

// Nothing here waits longer than it has to; a machine that is busy may take its time.
const patience = 60_000;

// launch starts a browser; one that crashes as it starts, which some do at times, is started again.
async function launch(again = 3) {
  try {
    return await chromium.launch({ executablePath: browserAt(), args, timeout: 180_000 });
  } catch (e) {
    if (again === 0) throw e;
    return launch(again - 1);
  }
}

// suite gives a file's tests a browser and Tenon: the one of TENON_URL, which files share, or one of its own, where it has to be special. demo: with the
// demo company. host: the name under which browsers see it. env: settings beside. mail: keep its mails as files, for mailTo. later: with a clock that
// s.tell('to …') moves and a payment service that is only played (internal/tools/later).
export function suite(options = {}) {
  const s = { base: process.env.TENON_URL, browser: undefined };
  const special = options.demo || options.env || options.mail || options.later;
  let server;
  before(
    async () => {
      s.browser = await launch();
      if (s.base && !special) return;
      server = await start(options);
      Object.assign(s, { base: server.base, mail: server.mail, tell: server.tell });
    },
    { timeout: 900_000 },
  );
  after(
    async () => {
      await s.browser?.close();
      await server?.stop();
    },
    { timeout: 300_000 },
  );
  return s;
}

// mailTo waits for a mail to an address that says what is looked for, and returns its text, decoded.
export async function mailTo(s, email, says) {
  let text;
  await until(
    `a mail to ${email} with ${says}`,
    async () => {
      for (const name of fs.readdirSync(s.mail)) {
        const raw = fs.readFileSync(path.join(s.mail, name), 'utf8');
        if (!raw.toLowerCase().includes(email.toLowerCase())) continue;
        const bytes = raw
          .replace(/=\r?\n/g, '')
          .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
        const said = /Content-Transfer-Encoding: quoted-printable/i.test(raw)
          ? Buffer.from(bytes, 'latin1').toString('utf8')
          : raw;
        if (says.test(said)) text = said;
      }
      return !!text;
    },
    120,
  );
  return text;
}

let companies = 0;

// company signs up a new one and returns its owner's login.
export async function company(s, { locale = 'zh-CN' } = {}) {
  const email = `owner${process.pid}.${++companies}@e2e.test`;
  const person = { company: `测试企业 ${companies}`, name: '王芳', email, password: 'correct-horse-42', locale };
  const r = await fetch(`${s.base}/api/v1/signup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(person),
  });
  assert.equal(r.status, 201, await r.text());
  return person;
}

// open gives a browser of its own to someone: { email, password } is logged in. Everything that must never happen is noted on it.
export async function open(
  s,
  { person, lang = 'zh', theme = 'light', width = 1440, height = width < 760 ? 844 : 900, touch = false } = {},
) {
  const context = await s.browser.newContext({
    viewport: { width, height },
    hasTouch: touch,
    locale: lang === 'zh' ? 'zh-CN' : 'en-US',
    timezoneId: 'Asia/Shanghai',
  });
  context.setDefaultTimeout(patience);
  context.setDefaultNavigationTimeout(2 * patience);
  if (person) {
    const r = await context.request.post(`${s.base}/api/v1/login`, { data: { email: person.email, password: person.password } });
    assert.equal(r.status(), 200, await r.text());
  }
  const page = await context.newPage();
  await page.addInitScript(
    ([l, t]) => {
      if (!localStorage.getItem('lang')) localStorage.setItem('lang', l);
      if (!localStorage.getItem('theme')) localStorage.setItem('theme', t);
    },
    [lang, theme],
  );
  const noted = [];
  page.on('pageerror', (e) => noted.push(`page error: ${e.message}`));
  page.on('console', (m) => {
    // what the server refuses on purpose shows as a failed load, and tests ask for refusals
    if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) noted.push(`console: ${m.text().slice(0, 300)}`);
  });
  page.on('request', (r) => {
    if (!r.url().startsWith(s.base) && !/^(data|blob):/.test(r.url())) noted.push(`foreign request: ${r.url()}`);
  });
  watch(page);
  const to = async (p) => {
    await page.goto(s.base + p);
    await settled(page);
  };
  return { page, context, noted, to, close: () => context.close() };
}

// everywhere looks at a page as somebody wide and on a phone, in both languages: look(b, lang, width) once it is there.
export async function everywhere(s, person, at, look, widths = [1440, 390]) {
  for (const width of widths) {
    const b = await open(s, { person, lang: 'zh', width, touch: width < 760 });
    for (const lang of ['zh', 'en']) {
      if (lang !== 'zh') await b.page.evaluate(() => localStorage.setItem('lang', 'en'));
      await b.to(at);
      await look(b, lang, width);
      await clean(b);
      assert.ok(
        await b.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        `${at} is wider than ${width} px`,
      );
    }
    await b.close();
  }
}

// watch counts what a page has asked for and waits for. Playwright's own "networkidle" is told once per document, so it says nothing after a click.
const asking = new WeakMap();
function watch(page) {
  const a = { open: new Map(), since: Date.now(), last: Date.now() };
  const done = (r) => {
    a.open.delete(r);
    a.last = Date.now();
  };
  page.on('request', (r) => {
    if (r.resourceType() === 'eventsource') return; // they stay open
    a.last = Date.now();
    a.open.set(r, a.last);
    if (r.isNavigationRequest() && r.frame() === page.mainFrame()) a.since = a.last;
  });
  page.on('requestfinished', done);
  page.on('requestfailed', done);
  page.on('domcontentloaded', () => {
    for (const [r, at] of a.open) if (at < a.since) a.open.delete(r); // the page before asked for it
  });
  asking.set(page, a);
}

// settled waits until a page has what it asked for, has shown it, and nothing moves; still: for how long it asks for nothing, in ms.
export async function settled(page, still = 150) {
  const a = asking.get(page);
  for (const end = Date.now() + 2 * patience; ; ) {
    await page.waitForLoadState('domcontentloaded');
    const quiet = a.open.size === 0 && Date.now() - a.last >= still;
    const seen = a.last;
    if (quiet && (await page.evaluate(rest)) && a.open.size === 0 && a.last === seen) return;
    if (Date.now() > end) throw new Error(`${page.url()} does not come to rest: ${[...a.open.keys()].map((r) => r.url())}`);
    await new Promise((r) => setTimeout(r, 30));
  }
}

// rest is answered by the page once it has time to: whether it shows what it has, in colours that no longer fade.
const rest = async () => {
  await new Promise((r) => requestAnimationFrame(() => requestIdleCallback(r, { timeout: 1000 })));
  const still = document.getAnimations().every((a) => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity);
  return still && !document.querySelector('.skeletons');
};

// clean holds a page against what must hold on every page: no errors, no broken policy, no request elsewhere, axe finds nothing.
export async function clean(b, { axe: look = true } = {}) {
  await settled(b.page);
  if (look) assert.deepEqual(await violations(b.page), []);
  assert.deepEqual(b.noted, []);
}

async function violations(page) {
  // the devtools' own world: the page's policy does not apply to it
  if (!(await page.evaluate(() => !!globalThis.axe))) await page.evaluate(axe);
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
      preload: false, // styles of other origins, which there are none of
    }),
  );
  return found.violations.map(
    (v) =>
      `${v.id}: ${v.nodes
        .map((n) => `${n.target} ${n.any[0]?.message ?? ''}`)
        .slice(0, 4)
        .join(' | ')}`,
  );
}

// pick chooses from a reference or a list of options by what is typed.
export async function pick(page, label, text) {
  const box = page.getByLabel(label, { exact: true });
  await box.click();
  await box.fill(text);
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: text }).first().click();
}

// api asks the API as the person of a browser.
export async function api(b, method, at, data, headers = {}) {
  const { origin } = new URL(b.page.url());
  const me = await (await b.context.request.get(`${origin}/api/v1/me`, { timeout: 2 * patience })).json();
  const r = await b.context.request.fetch(`${origin}/api/v1/${at}`, {
    method,
    data,
    timeout: 2 * patience,
    headers: { 'X-Csrf-Token': me.csrf_token, ...headers },
  });
  return r.json();
}
