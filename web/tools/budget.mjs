// What a page may weigh, gzipped: the shell, each route with the shell, each file. Prints a line for each route and fails when one is over.
import fs from 'node:fs';
import zlib from 'node:zlib';

const KB = 1024;
const budget = { shell: 240 * KB, route: 380 * KB, heavy: 480 * KB, chunk: 250 * KB };
const heavy = /dashboard|flow|policy|report|designer/i; // charts, canvases and editors

const manifest = JSON.parse(fs.readFileSync('dist/.vite/manifest.json', 'utf8'));
const sizes = new Map();
const size = (file) => {
  if (!sizes.has(file)) sizes.set(file, zlib.gzipSync(fs.readFileSync(`dist/${file}`), { level: 9 }).length);
  return sizes.get(file);
};

function files(key, seen = new Set(), out = new Set()) {
  if (seen.has(key)) return out;
  seen.add(key);
  const entry = manifest[key];
  out.add(entry.file);
  for (const css of entry.css ?? []) out.add(css);
  for (const next of entry.imports ?? []) files(next, seen, out);
  return out;
}

const total = (set) => [...set].reduce((sum, f) => sum + size(f), 0);
const show = (n) => `${(n / KB).toFixed(0)} KB`;
let over = 0;
const check = (name, n, max) => {
  if (n > max) over++;
  console.log(`${n > max ? 'OVER ' : 'ok   '} ${name.padEnd(52)} ${show(n).padStart(7)} of ${show(max)}`);
};

const shell = files('index.html');
check('shell', total(shell), budget.shell);
for (const key of Object.keys(manifest).filter((k) => manifest[k].isDynamicEntry && k.startsWith('src/'))) {
  check(key.replace(/^src\//, ''), total(new Set([...shell, ...files(key)])), heavy.test(key) ? budget.heavy : budget.route);
}
for (const file of new Set(Object.values(manifest).map((e) => e.file))) {
  if (size(file) > budget.chunk) check(file, size(file), budget.chunk);
}
if (over) {
  console.error(`${over} over budget`);
  process.exit(1);
}
