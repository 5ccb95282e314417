// What the first rows of a table say, read in the browser so that its columns can be matched before anything is sent.

export interface Head {
  titles: string[];
  samples: string[][]; // of the first rows
}

const shown = 3;

// decoded is the text of a file: UTF-16 by its mark, UTF-8, else the Chinese standard, as most banks there write.
export function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

// csvRows reads the first rows of a CSV, with quoted cells, by the delimiter that its first line has most of.
export function csvRows(text: string, most: number): string[][] {
  const line = text.slice(0, text.search(/\r?\n|$/));
  const delimiter = [',', ';', '\t'].sort((a, b) => line.split(b).length - line.split(a).length)[0] ?? ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const next = () => {
    row.push(cell);
    cell = '';
  };
  for (let i = 0; i < text.length && rows.length < most; i++) {
    const c = text[i] ?? '';
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === delimiter) next();
    else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') i++;
      next();
      rows.push(row);
      row = [];
    } else cell += c;
  }
  if (cell !== '' || row.length > 0) {
    next();
    if (rows.length < most) rows.push(row);
  }
  return rows;
}

// unpacked reads one file of a workbook, which is a zip.
async function unpacked(zip: DataView, name: RegExp): Promise<string | undefined> {
  let end = zip.byteLength - 22;
  while (end > 0 && zip.getUint32(end, true) !== 0x06054b50) end--;
  let at = zip.getUint32(end + 16, true);
  for (let n = zip.getUint16(end + 10, true); n > 0; n--) {
    const [size, nameSize] = [zip.getUint32(at + 20, true), zip.getUint16(at + 28, true)];
    const path = new TextDecoder().decode(new Uint8Array(zip.buffer, at + 46, nameSize));
    if (name.test(path)) {
      const local = zip.getUint32(at + 42, true);
      const from = local + 30 + zip.getUint16(local + 26, true) + zip.getUint16(local + 28, true);
      const raw = new Blob([new Uint8Array(zip.buffer as ArrayBuffer, from, size)]);
      if (zip.getUint16(at + 10, true) === 0) return raw.text();
      return new Response(raw.stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
    }
    at += 46 + nameSize + zip.getUint16(at + 30, true) + zip.getUint16(at + 32, true);
  }
  return undefined;
}

const column = (ref: string) => [...(/^[A-Z]+/.exec(ref)?.[0] ?? 'A')].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0) - 1;

// sheetRows reads the first rows of a workbook's first sheet.
export async function sheetRows(bytes: ArrayBuffer, most: number): Promise<string[][]> {
  const zip = new DataView(bytes);
  const sheet = (await unpacked(zip, /^xl\/worksheets\/sheet1\.xml$/)) ?? '';
  const texts = await unpacked(zip, /^xl\/sharedStrings\.xml$/);
  const parse = (xml: string) => new DOMParser().parseFromString(xml, 'application/xml');
  const words = (e: Element) => [...e.getElementsByTagName('t')].map((t) => t.textContent ?? '').join('');
  const shared = texts ? [...parse(texts).getElementsByTagName('si')].map(words) : [];
  const rows = sheet.match(/<row[\s>][\s\S]*?<\/row>/g)?.slice(0, most) ?? []; // a large sheet is not taken apart for its first rows
  return rows.map((xml) => {
    const out: string[] = [];
    for (const c of parse(xml).getElementsByTagName('c')) {
      const value = c.getElementsByTagName('v')[0]?.textContent ?? '';
      const at = column(c.getAttribute('r') ?? '');
      out[at] =
        c.getAttribute('t') === 's' ? (shared[Number(value)] ?? '') : c.getAttribute('t') === 'inlineStr' ? words(c) : value;
    }
    return Array.from(out, (v) => v ?? '');
  });
}

// headOf reads a file's titles and its first rows.
export async function headOf(file: File): Promise<Head> {
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const zipped = start[0] === 0x50 && start[1] === 0x4b;
  const rows = zipped
    ? await sheetRows(await file.arrayBuffer(), shown + 1)
    : csvRows(decoded(new Uint8Array(await file.slice(0, 65_536).arrayBuffer())).replace(/^\ufeff/, ''), shown + 1);
  const [titles = [], ...samples] = rows;
  return { titles: titles.map((x) => x.trim()), samples };
}
