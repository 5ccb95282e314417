import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import './treegrid.css';

export interface TreeColumn<T> {
  key: string;
  label: ReactNode;
  end?: boolean;
  width?: number;
  cell: (node: T) => ReactNode;
}

export interface TreeGridProps<T> {
  label: string;
  columns: TreeColumn<T>[]; // the first one carries the tree
  roots: T[];
  id: (node: T) => string;
  below: (node: T) => T[] | undefined; // undefined: there are some, not read yet
  onOpen?: (node: T) => void; // Enter, double click
  onExpand?: (node: T) => void; // its children are wanted
  depth?: number; // how many levels are open at first
}

interface Shown<T> {
  node: T;
  key: string;
  level: number;
  at: number;
  of: number;
  leaf: boolean;
}

// TreeGrid shows what consists of others: bills of materials, accounts. Right and left open and close, up and down move, Enter opens.
export function TreeGrid<T>({ label, columns, roots, id, below: children, onOpen, onExpand, depth = 1 }: TreeGridProps<T>) {
  const { t } = useTranslation();
  const [toggled, setToggled] = useState<Map<string, boolean>>(new Map());
  const [focused, setFocused] = useState(0);
  const body = useRef<HTMLTableSectionElement>(null);
  const isOpen = (key: string, level: number) => toggled.get(key) ?? level < depth;
  const shown: Shown<T>[] = [];
  const list = (nodes: T[], level: number, under: string) => {
    nodes.forEach((node, i) => {
      const key = `${under}/${id(node)}`;
      const below = children(node);
      shown.push({ node, key, level, at: i + 1, of: nodes.length, leaf: below?.length === 0 });
      if (below?.length && isOpen(key, level)) list(below, level + 1, key);
    });
  };
  list(roots, 0, '');
  const set = (s: Shown<T>, open: boolean) => {
    setToggled(new Map(toggled).set(s.key, open));
    if (open && children(s.node) === undefined) onExpand?.(s.node);
  };
  const focus = (i: number) => {
    const to = Math.max(0, Math.min(shown.length - 1, i));
    setFocused(to);
    body.current?.querySelectorAll<HTMLElement>('tr')[to]?.focus();
  };
  const keys = (e: KeyboardEvent, s: Shown<T>, i: number) => {
    if ((e.target as HTMLElement).tagName !== 'TR') return;
    const open = !s.leaf && isOpen(s.key, s.level);
    if (e.key === 'ArrowDown' || e.key === 'j') focus(i + 1);
    else if (e.key === 'ArrowUp' || e.key === 'k') focus(i - 1);
    else if (e.key === 'Home') focus(0);
    else if (e.key === 'End') focus(shown.length - 1);
    else if (e.key === 'ArrowRight') open ? focus(i + 1) : !s.leaf && set(s, true);
    else if (e.key === 'ArrowLeft') open ? set(s, false) : focus(shown.findLastIndex((x, at) => at < i && x.level < s.level));
    else if (e.key === 'Enter' && onOpen) onOpen(s.node);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  const all = (open: boolean) => setToggled(new Map(keysOf(roots, id, children).map((k) => [k, open])));
  return (
    <div className="treegrid">
      <div className="treegrid-tools">
        <button type="button" className="tool" onClick={() => all(true)}>
          {t('tree.open_all')}
        </button>
        <button type="button" className="tool" onClick={() => all(false)}>
          {t('tree.close_all')}
        </button>
      </div>
      <div className="sheet">
        {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that opens and closes is a tree grid */}
        <table role="treegrid" aria-label={label}>
          <thead>
            <tr>
              {columns.map((c) => (
                <th key={c.key} scope="col" className={c.end ? 'end' : undefined} style={{ width: c.width }}>
                  {c.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {shown.map((s, i) => (
              <tr
                key={s.key}
                aria-level={s.level + 1}
                aria-posinset={s.at}
                aria-setsize={s.of}
                aria-expanded={s.leaf ? undefined : isOpen(s.key, s.level)}
                tabIndex={i === Math.min(focused, shown.length - 1) ? 0 : -1}
                onFocus={() => setFocused(i)}
                onKeyDown={(e) => keys(e, s, i)}
                onDoubleClick={() => onOpen?.(s.node)}
              >
                {columns.map((c, col) => (
                  <td key={c.key} className={c.end ? 'end' : undefined}>
                    {col === 0 ? (
                      <span className="treegrid-lead" style={{ paddingLeft: s.level * 18 }}>
                        {s.leaf ? (
                          <span className="treegrid-gap" />
                        ) : (
                          <button
                            type="button"
                            className="icon-button"
                            tabIndex={-1}
                            aria-label={t(isOpen(s.key, s.level) ? 'tree.close' : 'tree.open')}
                            onClick={() => set(s, !isOpen(s.key, s.level))}
                          >
                            {isOpen(s.key, s.level) ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
                          </button>
                        )}
                        {c.cell(s.node)}
                      </span>
                    ) : (
                      c.cell(s.node)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function keysOf<T>(nodes: T[], id: (n: T) => string, children: (n: T) => T[] | undefined, under = ''): string[] {
  return nodes.flatMap((n) => {
    const key = `${under}/${id(n)}`;
    return [key, ...keysOf(children(n) ?? [], id, children, key)];
  });
}
