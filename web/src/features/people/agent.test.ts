import { expect, test } from 'vitest';
import { deviceOf } from './agent';

test('a session is named by its browser and system', () => {
  const kit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  for (const [agent, want] of [
    [`Mozilla/5.0 (X11; Linux x86_64) ${kit} Chrome/150.0 Safari/537.36`, 'Chrome · Linux'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${kit} Chrome/150.0 Safari/537.36 Edg/150.0`, 'Edge · Windows'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Mobile Safari/604.1',
      'Safari · iPhone',
    ],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['', ''],
  ])
    expect(deviceOf(agent as string)).toBe(want);
});
