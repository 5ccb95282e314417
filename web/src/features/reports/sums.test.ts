import { describe, expect, it } from 'vitest';
import type { Column, Report } from '@/meta/reports';
import { sumsOf } from './sums';

const tax: Column = { name: 'tax', label: 'Tax', kind: 'amount', class: 'ledger', total: true };
const report = { name: 'vat_summary', path: 'finance/vat_summary', label: '', of: '', columns: [tax] } satisfies Report;

describe('sums', () => {
  it('adds up rows', () => {
    expect(sumsOf(report, [tax], [{ tax: '1.10' }, { tax: '2.20' }])).toEqual({ tax: '3.3' });
  });
  it('does not add up what is owed from the two sides of a tax', () => {
    const rows = [
      { side: 'output', tax: '547954.47' },
      { side: 'input', tax: '100113.17' },
      { side: 'payable', tax: '447841.30' },
    ];
    expect(sumsOf(report, [tax], rows)).toBeUndefined();
  });
  it('does not add up a total', () => {
    expect(sumsOf(report, [tax], [{ cause: 'total', tax: '0.00' }])).toBeUndefined();
    expect(
      sumsOf(
        report,
        [tax],
        [
          { row: 'product', tax: '1' },
          { row: 'total', tax: '1' },
        ],
      ),
    ).toBeUndefined();
  });
});
