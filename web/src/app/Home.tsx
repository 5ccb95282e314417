import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Me, useMe } from '@/api/me';
import { useList } from '@/api/records';
import { all, type HomeCard } from '@/data/feature';
import { waitsFor } from '@/data/todo';
import { fieldOf, titleOf, useMeta } from '@/meta/meta';
import type { Entity } from '@/meta/types';
import { Value } from '@/meta/Value';
import { useWide } from '@/ui/media';
import { Page } from '@/ui/Page';
import { Skeleton } from '@/ui/parts';
import { iconOf } from './menu';
import './home.css';

// What is open, by kind of record: the work that lies on the table, and on whose.
const work: [string, Record<string, string>, string[]][] = [
  ['crm.opportunity', { status: 'open' }, ['sales', 'sales_director']],
  ['sales.order', { 'status[in]': 'confirmed,in_progress' }, ['sales', 'sales_director', 'planner', 'project_manager']],
  ['inventory.delivery', { status: 'ready' }, ['sales', 'warehouse']],
  ['production.production_order', { 'status[in]': 'planned,released,in_progress' }, ['planner', 'warehouse']],
  ['purchasing.requisition', { 'status[in]': 'draft,approved' }, ['buyer', 'planner']],
  ['finance.invoice', { 'status[in]': 'posted,partial' }, ['sales', 'finance', 'sales_director']],
  ['projects.project', { status: 'active' }, ['project_manager', 'sales_director']],
];
const desks = new Set(work.flatMap(([, , roles]) => roles));

// mineOnly tells whether all of a person's roles have desks of their own: the others see everything that they may.
const mineOnly = (me: Me) => me.roles.length > 0 && me.roles.every((r) => desks.has(r));

// Home is where a day begins: what waits, what is open, what the modules show to one's roles.
export default function Home() {
  const { t } = useTranslation();
  const me = useMe();
  const wide = useWide();
  const meta = useMeta();
  if (!me) return null;
  const open = work.flatMap(([name, filter, roles]) => {
    const entity = meta.named(name);
    return entity && (!mineOnly(me) || roles.some((r) => me.roles.includes(r))) ? [{ entity, filter }] : [];
  });
  const cards = all('home').filter((c) => me.modules.includes(c.module) && (c.shows?.(meta, me) ?? true));
  const mine = (c: HomeCard) => Number(c.roles?.some((r) => me.roles.includes(r)) ?? false);
  const latest = open.filter(({ entity }) => !cards.some((c) => c.lists === entity.name && mine(c)));
  const shown = [
    ...[...cards].sort((a, b) => mine(b) - mine(a)).map((c) => <Card key={c.key} card={c} me={me} />),
    ...latest.slice(0, 4).map(({ entity, filter }) => <Latest key={entity.name} entity={entity} filter={filter} />),
  ];
  return (
    <Page title={t('home_hello', { name: me.name })} name={t('home')} padded>
      <div className="home">
        <ul className="numbers">
          <Approvals me={me} />
          {open.map(({ entity, filter }) => (
            <Number_ key={entity.name} entity={entity} filter={filter} />
          ))}
        </ul>
        <div className="home-cards">
          {wide
            ? [0, 1].map((side) => (
                <div key={side} className="home-column">
                  {shown.filter((_, i) => i % 2 === side)}
                </div>
              ))
            : shown}
        </div>
      </div>
    </Page>
  );
}

function Card({ card }: { card: HomeCard; me: Me }) {
  const { t } = useTranslation();
  const Loaded = useMemo(() => lazy(card.load), [card]);
  return (
    <section className="card">
      <header>
        <h2>{t(card.label)}</h2>
      </header>
      <Suspense fallback={card.quiet?.() ? <span data-finished hidden /> : <Skeleton rows={4} />}>
        <Loaded />
      </Suspense>
    </section>
  );
}

// Approvals counts those that wait for oneself, not all that one may see.
function Approvals({ me }: { me: Me }) {
  const { t } = useTranslation();
  const entity = useMeta().named('approval');
  const { data } = useList('approvals', { status: 'pending', limit: 100 }, !!entity);
  if (!entity) return null;
  const Icon = iconOf(entity.name);
  return (
    <li>
      <Link to={'/approvals' as '/'} className="card number">
        <span className="muted clip">
          <Icon size={14} aria-hidden="true" /> {entity.plural ?? entity.label}
        </span>
        <strong>{data?.data.filter((a) => waitsFor(a, me)).length ?? '–'}</strong>
        <span className="muted note">{t('home_for_me')}</span>
      </Link>
    </li>
  );
}

function Number_({ entity, filter }: { entity: Entity; filter: Record<string, string> }) {
  const { data } = useList(entity.path, { ...filter, limit: 1, count: true, fields: 'id' });
  const Icon = iconOf(entity.name);
  const state = fieldOf(entity, entity.state);
  const wanted = Object.values(filter)[0]?.split(',')[0];
  return (
    <li>
      <Link to={`/${entity.path}` as '/'} search={filter as never} className="card number">
        <span className="muted clip">
          <Icon size={14} aria-hidden="true" /> {entity.plural ?? entity.label}
        </span>
        <strong>{data?.total ?? '–'}</strong>
        <span className="muted note">{state?.options?.find((o) => o.value === wanted)?.label}</span>
      </Link>
    </li>
  );
}

function Latest({ entity, filter }: { entity: Entity; filter: Record<string, string> }) {
  const { t } = useTranslation();
  const { data } = useList(entity.path, { ...filter, limit: 6 });
  if (!data?.data.length) return null;
  const facts = ['customer_id', 'vendor_id', 'product_id', 'requested_by'].flatMap((n) => fieldOf(entity, n) ?? []).slice(0, 1);
  const sum = fieldOf(entity, 'total_amount') ?? fieldOf(entity, 'expected_amount') ?? fieldOf(entity, 'quantity');
  return (
    <section className="card">
      <header>
        <h2>{entity.plural ?? entity.label}</h2>
        <span className="grow" />
        <Link to={`/${entity.path}` as '/'} search={filter as never}>
          {t('record.all')}
        </Link>
      </header>
      <ul className="latest">
        {data.data.map((r) => (
          <li key={r.id}>
            <Link to={`/${entity.path}/${r.id}` as '/'} className="clip name">
              {titleOf(entity, r)}
            </Link>
            <span className="clip muted grow">
              {facts.map((f) => (
                <Value key={f.name} field={f} row={r} />
              ))}
            </span>
            {sum && <Value field={sum} row={r} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
