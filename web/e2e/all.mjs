// Runs browser tests, two files at a time, on one Tenon that they share (but for those who need a special one): node e2e/all.mjs [FILE…].
// What a file says is printed when it ends. A browser is late at times: a file that fails is run once more by itself, and has to pass then.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { start } from './server.mjs';

// long is what takes long, the longest first, so that nothing long is left for the end.
const long = ['paying', 'loop', 'many', 'keys', 'hands', 'people', 'desk', 'supply', 'story', 'office', 'policy'];
const rank = (f) => (long.findIndex((n) => f.includes(`/${n}.`)) + long.length + 1) % (long.length + 1);
const asked = process.argv.slice(2);
const all = () =>
  fs
    .readdirSync('e2e')
    .filter((f) => f.endsWith('.test.mjs'))
    .map((f) => `e2e/${f}`);
const files = (asked.length ? asked : all()).sort((a, b) => rank(a) - rank(b));
const seconds = (since) => Math.round((Date.now() - since) / 1000);

function run(file, env) {
  const began = Date.now();
  return new Promise((resolve) => {
    const said = [];
    const child = spawn(process.execPath, ['--test', '--test-reporter=spec', file], { env: { ...process.env, ...env } });
    for (const from of [child.stdout, child.stderr]) from.on('data', (d) => said.push(d));
    child.once('close', (code) => {
      console.log(`${Buffer.concat(said)}# ${file}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds(began)} s\n`);
      resolve(code === 0);
    });
  });
}

const began = Date.now();
const env = { TENON_URL: process.env.TENON_URL };
const server = env.TENON_URL ? undefined : await start({ host: 'localhost' });
env.TENON_URL ??= server.base;
const waiting = [...files];
const failed = [];
const hand = async () => {
  for (let f = waiting.shift(); f; f = waiting.shift()) if (!(await run(f, env))) failed.push(f);
};
await Promise.all(Array.from({ length: Number(process.env.AT_ONCE ?? 2) }, hand));
const twice = [];
for (const f of process.env.ONCE ? [] : failed) {
  console.log(`# ${f} failed: once more`);
  if (!(await run(f, env))) twice.push(f);
}
await server?.stop();
console.log(`browser tests: ${files.length} files in ${seconds(began)} s, failed at first: ${failed.join(' ') || 'none'}`);
process.exitCode = (process.env.ONCE ? failed : twice).length ? 1 : 0;
