import { useTranslation } from 'react-i18next';
import { useWhole } from '@/api/records';
import type { RecordProps } from '@/data/feature';
import { Ref } from '@/data/Ref';
import { TreeGrid } from '@/data/TreeGrid';
import { Unit } from '@/data/Unit';
import type { Row } from '@/meta/types';
import { divide, group, isZero, minus, times } from '@/ui/decimal';
import { useGo } from '@/ui/go';
import { Skeleton, State } from '@/ui/parts';

interface Part {
  id: string;
  product: string;
  quantity: string;
  unit: string;
  scrap: string;
  total: string | undefined; // for the output of the whole
  deeper: string | undefined; // the same for the bill below, where it counts in the same unit
  bom: Row | undefined;
}

const text = (v: unknown) => String(v ?? '');

// Bom is a bill of materials through all its levels: what each part is made of, and how much of it the whole takes.
export default function Bom({ row }: RecordProps) {
  const { t } = useTranslation();
  const go = useGo();
  const { data } = useWhole('production/bills_of_materials', { active: true });
  const products = useWhole('inventory/products', { fields: 'id,unit,supply,number' });
  if (!data || !products.data) return <Skeleton rows={5} />;
  const boms = data.data;
  const known = new Map(products.data.data.map((p) => [p.id, p]));
  const unitOf = (id: string, unit: unknown) => text(unit) || text(known.get(id)?.unit);
  const bomOf = (id: string) => boms.find((b) => b.product_id === id && b.id !== row.id);
  const parts = (bom: Row, total: string | undefined): Part[] =>
    ((bom.lines as Row[] | undefined) ?? []).map((l) => {
      const product = text(l.component_id);
      const below = bomOf(product);
      const taken = divide(times(text(l.quantity), '100'), minus('100', text(l.scrap_percent)));
      const each = total === undefined || l.fixed ? taken : divide(times(total, taken), text(bom.output_quantity));
      const all = total === undefined ? undefined : each;
      const unit = unitOf(product, l.unit);
      return {
        id: l.id,
        product,
        quantity: text(l.quantity),
        unit,
        scrap: text(l.scrap_percent),
        total: all,
        deeper: unit === unitOf(product, below?.unit) ? all : undefined,
        bom: below,
      };
    });
  const number = (v: string | undefined, unit: string) =>
    v === undefined ? (
      <span className="muted">–</span>
    ) : (
      <>
        {group(v)} <Unit code={unit} />
      </>
    );
  return (
    <TreeGrid<Part>
      label={t('production:tree')}
      depth={2}
      roots={parts(row, text(row.output_quantity))}
      id={(p) => p.id}
      below={(p) => (p.bom ? parts(p.bom, p.deeper) : [])}
      onOpen={(p) => go(p.bom ? `/production/bills_of_materials/${p.bom.id}` : `/inventory/products/${p.product}`)}
      columns={[
        { key: 'component', label: t('production:component'), cell: (p) => <Ref to="inventory.product" id={p.product} /> },
        {
          key: 'number',
          label: t('production:number'),
          cell: (p) => <span className="muted">{text(known.get(p.product)?.number)}</span>,
        },
        { key: 'quantity', label: t('production:quantity'), end: true, cell: (p) => number(p.quantity, p.unit) },
        {
          key: 'scrap',
          label: t('production:scrap_percent'),
          end: true,
          cell: (p) => (isZero(p.scrap) ? '' : `${group(p.scrap)}%`),
        },
        {
          key: 'total',
          label: t('production:for_all', { n: group(text(row.output_quantity)) }),
          end: true,
          cell: (p) => number(p.total, p.unit),
        },
        {
          key: 'supply',
          label: t('production:supply'),
          cell: (p) => {
            const make = p.bom || known.get(p.product)?.supply === 'make';
            return <State tone={make ? 'blue' : 'gray'}>{t(make ? 'production:made' : 'production:bought')}</State>;
          },
        },
      ]}
    />
  );
}
