import { useNavigate, useSearch } from '@tanstack/react-router';
import { PackageCheck, PackageOpen } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { type PageOf, useGrowing, useList, useRecord } from '@/api/records';
import { More } from '@/data/More';
import { Ref } from '@/data/Ref';
import { useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { group, isZero } from '@/ui/decimal';
import { today } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Empty, Skeleton, State } from '@/ui/parts';
import { Checking } from './Checking';
import { ScanField } from './ScanField';
import { same } from './tally';
import './inventory.css';

// Way is what differs between goods that come and goods that go.
export interface Way {
  entity: string;
  action: string;
  open: string; // states in which it may be scanned
  date: string;
  order: string; // the number of the order behind it, which papers bear too
  party: string;
  partyOf: string;
  names: boolean; // a lot that nobody knows is given its number here
}

// Scanner works through deliveries or receipts with a hand scanner: the document, then its goods, then done.
export function Scanner({ way }: { way: Way }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const entity = useMeta().named(way.entity);
  const { doc } = useSearch({ strict: false }) as { doc?: string };
  const to = (id: string | undefined) => void navigate({ to: '.', search: { doc: id }, replace: true } as never);
  const title = t(`inventory:${way.action}.title`);
  if (!entity) return <Page title={title}>{null}</Page>;
  return (
    <Page title={title} back={doc ? () => to(undefined) : undefined} padded>
      <div className="scanner">
        {doc ? (
          <Opened key={doc} entity={entity} way={way} id={doc} onDone={() => to(undefined)} onOther={to} />
        ) : (
          <Choosing entity={entity} way={way} onChoose={to} />
        )}
      </div>
    </Page>
  );
}

// findDocument looks for an open document by its own number or its order's.
export async function findDocument(entity: Entity, way: Way, open: Row[], code: string): Promise<Row | undefined> {
  const known = open.find((r) => same(r.no, code) || same(r[way.order], code));
  if (known) return known;
  for (const field of ['no', way.order]) {
    const page = await get<PageOf<Row>>(entity.path, { [field]: code, sort: '-no', limit: 1 });
    if (page.data[0]) return page.data[0];
  }
  return undefined;
}

function Choosing({ entity, way, onChoose }: { entity: Entity; way: Way; onChoose: (id: string) => void }) {
  const { t } = useTranslation();
  const [wrong, setWrong] = useState('');
  const list = useGrowing(entity.path, { 'status[in]': way.open, sort: way.date });
  const rows = list.rows.filter((r) => ((r.lines as Row[] | undefined) ?? []).some((l) => !isZero(String(l.quantity))));
  const scan = async (code: string) => {
    const found = await findDocument(entity, way, rows, code).catch(() => undefined);
    if (!found) setWrong(t('inventory:no_document', { code }));
    else if (!way.open.split(',').includes(String(found.status))) setWrong(t('inventory:over', { code }));
    else onChoose(found.id);
  };
  const now = today();
  return (
    <>
      <ScanField label={t(`inventory:${way.action}.scan`)} onScan={(c) => void scan(c)} focus={wrong} />
      <p className="scan-said" role="status">
        {wrong && <span className="wrong">{wrong}</span>}
      </p>
      {list.isPending ? (
        <Skeleton rows={5} />
      ) : rows.length === 0 ? (
        <Empty icon={way.names ? PackageCheck : PackageOpen} title={t(`inventory:${way.action}.none`)}>
          {t(`inventory:${way.action}.none_hint`)}
        </Empty>
      ) : (
        <ul className="scan-documents">
          {rows.map((r) => {
            const date = String(r[way.date] ?? '');
            return (
              <li key={r.id}>
                <button type="button" className="card" onClick={() => onChoose(r.id)}>
                  <span className="ref">
                    <b>{String(r.no)}</b>
                    <span className="muted">{String(r[way.order] ?? '')}</span>
                    <span className="grow" />
                    {date !== '' && (
                      <State tone={date < now ? 'red' : date === now ? 'amber' : 'gray'}>
                        {date < now ? t('inventory:late', { date }) : date === now ? t('inventory:today') : date}
                      </State>
                    )}
                  </span>
                  <span className="clip">
                    <Ref to={way.partyOf} id={r[way.party]} link={false} />
                  </span>
                  <span className="muted">{t('inventory:lines', { n: group(String(((r.lines as Row[]) ?? []).length)) })}</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <More list={list} />
    </>
  );
}

interface OpenedProps {
  entity: Entity;
  way: Way;
  id: string;
  onDone: () => void;
  onOther: (id: string) => void;
}

function Opened({ entity, way, id, onDone, onOther }: OpenedProps) {
  const { t } = useTranslation();
  const { data: row, error } = useRecord(entity.path, id);
  const lines = (row?.lines as Row[] | undefined) ?? [];
  const ids = [...new Set(lines.map((l) => String(l.product_id)))];
  const products = useList('inventory/products', { 'id[in]': ids.join(','), limit: 500 }, ids.length > 0);
  if (error) return <Empty title={error.message} />;
  if (!row || (ids.length > 0 && !products.data)) return <Skeleton rows={6} />;
  if (!way.open.split(',').includes(String(row.status)))
    return <Empty icon={PackageCheck} title={t('inventory:over', { code: String(row.no) })} />;
  return <Checking entity={entity} way={way} row={row} products={products.data?.data ?? []} onDone={onDone} onOther={onOther} />;
}
