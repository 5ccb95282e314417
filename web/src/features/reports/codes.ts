import i18n from '@/i18n';
import type { Meta } from '@/meta/meta';
import type { Report } from '@/meta/reports';
import type { Option } from '@/meta/types';
import type { Line } from './drill';

// What some reports answer, and are asked with, as bare codes.
const codes: Record<string, string[]> = {
  row: ['product', 'account', 'total'],
  direction: ['upstream', 'downstream', 'serves', 'served_by'],
  event: ['received', 'made', 'used', 'shipped', 'returned', 'returned_to_vendor', 'found', 'lost'],
  way: ['stock', 'make', 'buy', 'none'],
};

// optionsOf are the words for the codes of a column or a question: its own, those of the records that the report is about, or those known here.
export function optionsOf(meta: Meta, report: Report, c: { name: string; options?: Option[] }): Option[] | undefined {
  const own = c.options ?? meta.named(report.of)?.fields.find((f) => f.name === c.name)?.options;
  return own ?? codes[c.name]?.map((value) => ({ value, label: i18n.t(`reports:code.${c.name}.${value}`) }));
}

// summing tells whether a line is a sum of others, so that it is not added up once more.
export const summing = (r: Line) => [r.kind, r.row, r.cause].includes('total') || r.side === 'payable';
