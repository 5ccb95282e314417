import { describe, expect, it } from 'vitest';
import { Meta, raw } from './meta';
import type { Entity, Field } from './types';

const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: name,
  kind: 'id',
  class: 'basic',
  edit: true,
  ...more,
});
const entity = (name: string, more: Partial<Entity>): Entity =>
  ({ name, path: name.replace('.', '/'), label: name, create: true, delete: true, export: true, fields: [], ...more }) as Entity;

const order = entity('sales.order', {
  lines: [{ name: 'lines', label: 'Lines', entity: 'sales.order_line', fields: [field('quantity', { kind: 'quantity' })] }],
});
const dimension = entity('finance.dimension', {
  lines: [{ name: 'values', label: 'Values', entity: 'finance.dimension_value', fields: [field('name', { kind: 'text' })] }],
});

describe('what an id points to', () => {
  it('is a line of a record, not a record', () => {
    const back = entity('sales.return', { fields: [field('order_line_id', { ref: 'sales.order_line' })] });
    const f = new Meta([order, back]).named('sales.return')?.fields[0];
    expect(f?.ref).toBeUndefined();
    expect(f?.part).toEqual({ of: 'sales.order', lines: 'lines', named: false });
    expect(f && raw(f)).toBe(true); // no text for people
  });
  it('is called by its name where it has one', () => {
    const entry = entity('finance.entry', { fields: [field('dimension_value_id', { ref: 'finance.dimension_value' })] });
    const f = new Meta([dimension, entry]).named('finance.entry')?.fields[0];
    expect(f?.part?.named).toBe(true);
    expect(f && raw(f)).toBe(false);
  });
  it('is a line of the document that is chosen beside it', () => {
    const offer = entity('purchasing.vendor_offer', {
      fields: [
        field('order_id', { ref: 'sales.order' }),
        field('line_id'),
        field('made_id', { ref: 'finance.dimension', edit: false }),
      ],
    });
    const f = new Meta([order, dimension, offer]).named('purchasing.vendor_offer')?.fields[1];
    expect(f?.part?.of).toBe('sales.order');
  });
});
