// Tenon for browser tests: a program on a fresh data folder, until it is stopped.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const freePort = () =>
  new Promise((resolve) => {
    const s = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });

// until tries something again and again until it holds; what it throws counts as not yet.
export async function until(what, test, seconds) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    if (await test().catch(() => false)) return;
    await new Promise((r) => setTimeout(r, 100));
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

// logIn asks for a session by the API, outside of any browser.
export const logIn = (base, email, password) =>
  fetch(`${base}/api/v1/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });

// start runs Tenon (options as of suite in harness.mjs) and answers once it is ready: where it is, its mails' folder, tell and stop.
export async function start({ demo = false, host = '127.0.0.1', env = {}, mail = false, later = false } = {}) {
  const port = await freePort();
  const base = `http://${host}:${port}`;
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'tenon-e2e-'));
  fs.chmodSync(data, 0o755); // its PostgreSQL may run as another user
  const log = fs.openSync(path.join(data, 'log'), 'w');
  const at = ['--data', path.join(data, 'data'), '--listen', `127.0.0.1:${port}`, '--public-url', base];
  const folder = mail ? path.join(data, 'mail') : undefined;
  const [program, does] = later ? ['../bin/later', []] : [process.env.TENON ?? '../bin/tenon', [demo ? 'demo' : 'serve']];
  const server = spawn(program, [...does, ...at], {
    stdio: later ? ['pipe', 'pipe', log] : ['ignore', log, log],
    env: { ...process.env, ...(mail ? { TENON_MAIL_FOLDER: folder } : {}), ...env },
  });
  const told = () => fs.readFileSync(path.join(data, 'log'), 'utf8').slice(-600);
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const gone = new Promise((r) => server.once('exit', r));
      server.kill('SIGTERM');
      await gone;
    }
    fs.rmSync(data, { recursive: true, force: true });
  };
  const answers = later && createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const tell = async (line) => {
    server.stdin.write(`${line}\n`);
    assert.equal((await answers.next()).value, 'ok', line);
  };
  let ended = false;
  server.once('exit', () => {
    ended = true;
  });
  try {
    await until('tenon', async () => ended || (await fetch(`${base}/readyz`)).ok, 300);
    if (ended) throw new Error('tenon did not start');
    if (demo) await until('demo company', async () => (await logIn(base, 'owner@demo.tenon', 'tenon-demo')).ok, 300);
  } catch (e) {
    const said = told();
    await stop();
    throw new Error(`${e.message}\n${said}`);
  }
  return { base, mail: folder, tell, stop };
}
