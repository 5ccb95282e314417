import { expect, test } from 'vitest';

// Who may import whom: a feature stands on the frame and never on another feature; the frame knows no feature.
const order = ['i18n', 'ui', 'api', 'meta', 'data', 'designer', 'features', 'app'];
const together = new Set(['ui i18n', 'api meta', 'i18n ui']); // api names the types of meta

const sources = import.meta.glob<string>('./**/*.{ts,tsx}', { eager: true, query: '?raw', import: 'default' });

test('rooms import only those below them', () => {
  const bad: string[] = [];
  for (const [file, code] of Object.entries(sources)) {
    const [, room, feature] = file.split('/');
    if (!room || !order.includes(room)) continue;
    for (const m of code.matchAll(/from '@\/([^']+)'/g)) {
      const [to, other] = (m[1] ?? '').split('/');
      if (!to || to === room) {
        if (room === 'features' && other !== feature) bad.push(`${file} imports feature ${other}`);
        continue;
      }
      if (order.indexOf(to) > order.indexOf(room) && !together.has(`${room} ${to}`)) bad.push(`${file} imports ${to}`);
    }
    if (room === 'features')
      for (const m of code.matchAll(/from '(\.\.\/[^']+)'/g)) if (m[1]?.startsWith('../../')) bad.push(`${file} imports ${m[1]}`);
  }
  expect(bad).toEqual([]);
});
