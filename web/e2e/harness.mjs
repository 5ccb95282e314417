// What every browser test needs: Tenon on a fresh data folder, a browser, people, and what must hold on every page.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

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

const freePort = () =>
  new Promise((resolve) => {
    const s = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });

async function until(what, test, seconds) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    if (await test().catch(() => false)) return;
    await new Promise((r) => setTimeout(r, 200));
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

// suite starts Tenon and a browser before a file's tests and ends both after them. demo: with the demo company. host: the name under which browsers
// see it. env: settings beside. mail: keep its mails as files, for mailTo. later: with a clock that s.tell('to …') moves and a payment service that is
// only played (internal/tools/later). TENON_URL: one that runs already.
export function suite({ demo = false, host = '127.0.0.1', env = {}, mail = false, later = false } = {}) {
  const s = { base: process.env.TENON_URL, browser: undefined, mail: process.env.TENON_MAIL_FOLDER };
  let server;
  let data;
  before(
    async () => {
      s.browser = await chromium.launch({ executablePath: browserAt(), args });
      if (s.base && !later) return;
      const port = await freePort();
      s.base = `http://${host}:${port}`;
      data = fs.mkdtempSync(path.join(os.tmpdir(), 'tenon-e2e-'));
      fs.chmodSync(data, 0o755); // its PostgreSQL may run as another user
      const log = fs.openSync(path.join(data, 'log'), 'w');
      const at = ['--data', path.join(data, 'data'), '--listen', `127.0.0.1:${port}`, '--public-url', s.base];
      if (mail) s.mail = path.join(data, 'mail');
      const [program, does] = later ? ['../bin/later', []] : [process.env.TENON ?? '../bin/tenon', [demo ? 'demo' : 'serve']];
      server = spawn(program, [...does, ...at], {
        stdio: later ? ['pipe', 'pipe', log] : ['ignore', log, log],
        env: { ...process.env, ...(mail ? { TENON_MAIL_FOLDER: s.mail } : {}), ...env },
      });
      const answers = later && createInterface({ input: server.stdout })[Symbol.asyncIterator]();
      s.tell = async (line) => {
        server.stdin.write(`${line}\n`);
        assert.equal((await answers.next()).value, 'ok', line);
      };
      const told = () => fs.readFileSync(path.join(data, 'log'), 'utf8').slice(-600);
      let ended = false;
      server.once('exit', () => {
        ended = true;
      });
      await until('tenon', async () => ended || (await fetch(`${s.base}/readyz`)).ok, 90).catch((e) => {
        throw new Error(`${e.message}\n${told()}`);
      });
      if (ended) throw new Error(`tenon did not start\n${told()}`);
      if (demo) await until('demo company', async () => (await logIn(s.base, 'owner@demo.tenon', 'tenon-demo')).ok, 180);
    },
    { timeout: 400_000 },
  );
  after(
    async () => {
      await s.browser?.close();
      if (server && server.exitCode === null) {
        const gone = new Promise((r) => server.once('exit', r));
        server.kill('SIGTERM');
        await gone;
      }
      if (data) fs.rmSync(data, { recursive: true, force: true });
    },
    { timeout: 60_000 },
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
    30,
  );
  return text;
}

const logIn = (base, email, password) =>
  fetch(`${base}/api/v1/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });

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
  context.setDefaultTimeout(20_000);
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
  return { page, context, noted, to: (p) => page.goto(s.base + p), close: () => context.close() };
}

// settled waits until a page has what it asked for.
export async function settled(page) {
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() => !document.querySelector('.skeletons'));
  await page.waitForFunction(() =>
    // colours are what they are once nothing fades any more
    document.getAnimations().every((a) => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity),
  );
}

// clean holds a page against what must hold on every page: no errors, no broken policy, no request elsewhere, axe finds nothing.
export async function clean(b, { axe: look = true } = {}) {
  await settled(b.page);
  if (look) assert.deepEqual(await violations(b.page), []);
  assert.deepEqual(b.noted, []);
}

async function violations(page) {
  await page.evaluate(axe); // the devtools' own world: the page's policy does not apply to it
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
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
  const me = await (await b.context.request.get(`${new URL(b.page.url()).origin}/api/v1/me`)).json();
  const r = await b.context.request.fetch(`${new URL(b.page.url()).origin}/api/v1/${at}`, {
    method,
    data,
    headers: { 'X-Csrf-Token': me.csrf_token, ...headers },
  });
  return r.json();
}
