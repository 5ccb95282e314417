import type { ReactNode } from 'react';
import './record.css';

export interface SheetColumn {
  key: string;
  label: ReactNode;
  end?: boolean;
}

export interface SheetProps<T> {
  label: string;
  columns: SheetColumn[];
  rows: T[];
  cell: (key: string, row: T) => ReactNode;
  foot?: (key: string) => ReactNode;
}

// Sheet is a small table: lines, reports, related records. It scrolls sideways in its own frame.
export function Sheet<T extends { id?: string }>({ label, columns, rows, cell, foot }: SheetProps<T>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className="sheet" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.key} scope="col" className={c.end ? 'end' : undefined}>
                {c.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r, i) => (
            <tr key={r.id ?? i}>
              {columns.map((c) => (
                <td key={c.key} className={c.end ? 'end' : undefined}>
                  {cell(c.key, r)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot && (
          <tfoot>
            <tr>
              {columns.map((c) => (
                <td key={c.key} className={c.end ? 'end' : undefined}>
                  {foot(c.key)}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}
