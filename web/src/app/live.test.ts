import { expect, test } from 'vitest';
import { shows, stale } from './live';

const change = { entity: 'crm.customer', path: 'crm/customers', id: 'c1', version: 3, action: 'update' as const };

test('only what is older than the change is read again', () => {
  const list = ['list', 'crm/customers', 'zh', {}];
  expect(stale(list, { data: [{ id: 'c1', version: 2 }] }, [change])).toBe('now');
  expect(stale(list, { data: [{ id: 'c1', version: 3 }] }, [change])).toBe(false);
  expect(stale(['list', 'crm/leads', 'zh', {}], undefined, [change])).toBe(false);
  expect(stale(['record', 'crm/customers', 'c1'], { id: 'c1', version: 2 }, [change])).toBe('now');
  expect(stale(['record', 'crm/customers', 'c2'], { id: 'c2', version: 1 }, [change])).toBe(false);
  expect(stale(['report', 'crm/forecast'], undefined, [change])).toBe('soon');
  expect(stale(['meta', 'zh'], undefined, [change])).toBe(false);
});

test('a record is found in pages too', () => {
  expect(shows({ pages: [{ data: [] }, { data: [{ id: 'c1', version: 4 }] }] }, 'c1', 3)).toBe(true);
});
