const digits = '零壹贰叁肆伍陆柒捌玖';
const small = ['', '拾', '佰', '仟'];
const large = ['', '万', '亿', '万亿'];

// four writes up to four digits: 1050 is 壹仟零伍拾.
function four(part: string): string {
  let out = '';
  let gap = false;
  [...part].forEach((d, i) => {
    if (d === '0') {
      gap = true;
      return;
    }
    out += (gap && out ? '零' : '') + digits[Number(d)] + small[part.length - 1 - i];
    gap = false;
  });
  return out;
}

// capital writes an amount as it stands on Chinese documents, so that no digit can be added: 1050.30 is 壹仟零伍拾元叁角整.
export function capital(amount: string): string {
  const [whole = '0', frac = ''] = amount.replace('-', '').split('.');
  const digitsOnly = whole.replace(/^0+(?=\d)/, '');
  const cents = frac.padEnd(2, '0').slice(0, 2);
  const parts: string[] = [];
  for (let end = digitsOnly.length; end > 0; end -= 4) parts.unshift(digitsOnly.slice(Math.max(0, end - 4), end));
  let yuan = '';
  parts.forEach((p, i) => {
    const text = four(p);
    if (!text) return;
    const gap = yuan && (p.startsWith('0') || /0$/.test(parts[i - 1] ?? ''));
    yuan += (gap ? '零' : '') + text + (large[parts.length - 1 - i] ?? '');
  });
  const [jiao = '0', fen = '0'] = cents;
  let tail = '';
  if (jiao !== '0') tail += `${digits[Number(jiao)]}角`;
  else if (fen !== '0' && yuan) tail += '零';
  if (fen !== '0') tail += `${digits[Number(fen)]}分`;
  const sum = yuan ? `${yuan}元` : tail ? '' : '零元';
  return `${amount.startsWith('-') ? '负' : ''}${sum}${tail}${fen === '0' ? '整' : ''}`;
}
