// A PNG with at most 256 colours: what a screenshot of an app needs, in a fraction of the bytes. Nothing but Node's zlib.
import zlib from 'node:zlib';

const sign = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

// decode reads an 8-bit RGB or RGBA image, as browsers write them, into its opaque pixels.
function decode(png) {
  const parts = [];
  let width = 0;
  let height = 0;
  let bytes = 4;
  for (let at = 8; at < png.length; ) {
    const size = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + size);
    if (kind === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      if (data[8] !== 8 || ![2, 6].includes(data[9]) || data[12]) throw new Error('only 8-bit RGB or RGBA, not interlaced');
      bytes = data[9] === 2 ? 3 : 4;
    }
    if (kind === 'IDAT') parts.push(data);
    at += size + 12;
  }
  const raw = zlib.inflateSync(Buffer.concat(parts));
  const row = width * bytes;
  const out = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) unfilter(raw, y * (row + 1), out, y * row, row, bytes, y > 0);
  return { width, height, bytes, pixels: out };
}

function unfilter(raw, from, out, to, row, bytes, above) {
  const way = raw[from];
  for (let i = 0; i < row; i++) {
    const a = i >= bytes ? out[to + i - bytes] : 0;
    const b = above ? out[to + i - row] : 0;
    const c = above && i >= bytes ? out[to + i - row - bytes] : 0;
    out[to + i] = raw[from + 1 + i] + [0, a, b, (a + b) >> 1, way === 4 ? nearest(a, b, c) : 0][way];
  }
}

function nearest(a, b, c) {
  const p = a + b - c;
  const [x, y, z] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (x <= y && x <= z) return a;
  return y <= z ? b : c;
}

// palette keeps the colours that are seen most, no two of them alike.
function palette(counts) {
  const seen = [...counts].sort((a, b) => b[1] - a[1]);
  const kept = [];
  for (const apart of [48, 0])
    for (const [colour] of seen) {
      if (kept.length === 256) return kept;
      if (!kept.some((k) => distance(k, colour) <= apart)) kept.push(colour);
    }
  return kept;
}

const distance = (p, q) =>
  ((p >> 16) - (q >> 16)) ** 2 + (((p >> 8) & 255) - ((q >> 8) & 255)) ** 2 + ((p & 255) - (q & 255)) ** 2;

function chunk(kind, data) {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(kind, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(zlib.crc32(out.subarray(4, data.length + 8)), data.length + 8);
  return out;
}

// quantise gives the same image with a palette.
export function quantise(png) {
  const { width, height, bytes, pixels } = decode(png);
  const counts = new Map();
  const colours = new Uint32Array(width * height);
  for (let i = 0; i < colours.length; i++) {
    const at = i * bytes;
    colours[i] = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
    counts.set(colours[i], (counts.get(colours[i]) ?? 0) + 1);
  }
  const kept = palette(counts);
  const index = new Map(kept.map((c, i) => [c, i]));
  for (const c of counts.keys())
    if (!index.has(c))
      index.set(
        c,
        kept.reduce((best, k, i) => (distance(k, c) < distance(kept[best], c) ? i : best), 0),
      );
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = index.get(colours[y * width + x]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(kept.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]));
  const data = zlib.deflateSync(rows, { level: 9 });
  return Buffer.concat([sign, chunk('IHDR', head), chunk('PLTE', table), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}
