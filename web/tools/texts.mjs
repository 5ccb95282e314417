// Both languages must have the same texts, with the same blanks in them, and no text may stand in the code outside of them.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformWithOxc } from 'vite';

const walk = (dir) =>
  fs
    .readdirSync(dir, { withFileTypes: true })
    .flatMap((e) => (e.isDirectory() ? walk(path.join(dir, e.name)) : [path.join(dir, e.name)]));
const files = walk('src').filter((f) => /\.tsx?$/.test(f) && !/\.test\./.test(f));
const isTexts = (f) => /(^|\/)(zh|en|texts)\.ts$/.test(f);
const mistakes = [];

async function load(file) {
  const { code } = await transformWithOxc(fs.readFileSync(file, 'utf8'), file);
  const to = path.join(fs.mkdtempSync(path.join(fs.realpathSync('node_modules'), '.texts-')), 'm.mjs');
  fs.writeFileSync(to, code);
  try {
    const m = await import(pathToFileURL(to));
    return m.zh ?? m.en ?? m.default;
  } finally {
    fs.rmSync(path.dirname(to), { recursive: true });
  }
}

const flat = (o, at = '') =>
  Object.entries(o).flatMap(([k, v]) => (typeof v === 'string' ? [[at + k, v]] : flat(v, `${at + k}.`)));
const blanks = (s) =>
  [...s.matchAll(/\{\{\s*(\w+)/g)]
    .map((m) => m[1])
    .sort()
    .join();

for (const zhFile of files.filter((f) => /(^|\/)zh\.ts$/.test(f))) {
  const enFile = zhFile.replace(/zh\.ts$/, 'en.ts');
  if (!fs.existsSync(enFile)) {
    mistakes.push(`${enFile} is missing`);
    continue;
  }
  const [zh, en] = [new Map(flat(await load(zhFile))), new Map(flat(await load(enFile)))];
  for (const [k, v] of zh) {
    if (!en.has(k)) mistakes.push(`${enFile} lacks ${k}`);
    else if (blanks(v) !== blanks(en.get(k))) mistakes.push(`${enFile} ${k}: other blanks than in Chinese`);
    if (v.trim() === '') mistakes.push(`${zhFile} ${k} is empty`);
  }
  for (const [k, v] of en) {
    if (!zh.has(k)) mistakes.push(`${zhFile} lacks ${k}`);
    if (v.trim() === '') mistakes.push(`${enFile} ${k} is empty`);
    if (/[\u4e00-\u9fff]/.test(v) && k !== 'other_language') mistakes.push(`${enFile} ${k} is in Chinese: ${v}`);
  }
}

const attributes = 'aria-label|title|placeholder|alt|label';
const named = /^(CNY|Tenon|Ctrl K|Ctrl S|T|CSV|XLSX|PDF)$/;
for (const file of files.filter((f) => !isTexts(f))) {
  const code = fs.readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  code.split('\n').forEach((line, i) => {
    const text = line.replace(/(^|\s)\/\/.*$/, '');
    const at = `${file}:${i + 1}`;
    if (/[\u4e00-\u9fff]/.test(text) && !/\/[^/]*[\u4e00-\u9fff][^/]*\/|decimal\.ts|capital\.ts/.test(text + file))
      mistakes.push(`${at} Chinese text in code: ${text.trim()}`);
    if (!file.endsWith('.tsx')) return;
    for (const m of text.matchAll(new RegExp(`\\b(?:${attributes})="([^"]+)"`, 'g'))) {
      if (/[A-Za-z]{2}/.test(m[1]) && !named.test(m[1])) mistakes.push(`${at} text in an attribute: ${m[1]}`);
    }
    for (const m of text.matchAll(/>([^<>{}=;()]*[A-Za-z]{2}[^<>{}=;()]*)<\//g)) {
      if (!named.test(m[1].trim())) mistakes.push(`${at} text in a page: ${m[1].trim()}`);
    }
  });
}

const missing = new Set();
const keys = new Map(
  [
    ...(await Promise.all(
      files.filter((f) => /(^|\/)zh\.ts$/.test(f)).map(async (f) => flat(await load(f)).map(([k]) => [k, f])),
    )),
  ].flat(),
);
for (const file of files) {
  const code = fs.readFileSync(file, 'utf8').replace(/^\s*\/\/.*$/gm, '');
  for (const m of code.matchAll(/\bt\(\s*'([\w:.]+)'/g)) {
    const key = m[1].replace(/^\w+:/, '');
    if (!keys.has(key)) missing.add(`${file} asks for the text ${m[1]}, which is not there`);
  }
}
mistakes.push(...missing);

for (const m of mistakes) console.error(m);
console.log(mistakes.length ? `texts: ${mistakes.length} mistakes` : `texts: ${keys.size} in both languages`);
process.exit(mistakes.length ? 1 : 0);
