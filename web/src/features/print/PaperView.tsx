import { useTranslation } from 'react-i18next';
import { url } from '@/api/http';
import type { Row } from '@/meta/types';
import { capital } from '@/ui/capital';
import { group, isZero, round } from '@/ui/decimal';
import { company as home, money } from '@/ui/format';
import { linesOf, type Paper } from './paper';

export interface PaperViewProps {
  paper: Paper;
  lang: 'zh' | 'en';
  company: string;
}

const text = (v: unknown) => (v === null || v === undefined ? '' : String(v));

// PaperView is the sheet itself: head, partner, lines, sums, signatures. Prices that one may not see are not on it.
export function PaperView({ paper, lang, company: workspace }: PaperViewProps) {
  const { i18n } = useTranslation();
  const w = (key: string) => i18n.getFixedT(lang)(`print:${key}`);
  const { document: d, row, party, home: own } = paper;
  const both = (name: string) => text((lang === 'en' && own?.[`${name}_en`]) || own?.[name]);
  const company = both('name') || workspace;
  const logo = text(own?.logo_id);
  const currency = text(row.currency) || home.currency;
  const named = (r: Row | undefined) => text((lang === 'en' && r?.name_en) || r?.name);
  const fact = (field: string) => (field === 'payment_term_id' ? named(paper.term) : text(row[field]));
  return (
    <article className="paper" lang={lang === 'zh' ? 'zh-CN' : 'en'}>
      <header className="paper-head">
        {logo ? (
          <img className="paper-logo own" src={url(`attachments/${logo}/content`, { inline: true })} alt="" />
        ) : (
          <span className="paper-logo" aria-hidden="true">
            {[...company][0] ?? 'T'}
          </span>
        )}
        <div className="paper-home">
          <b>{company}</b>
          <span>{[both('address'), own?.phone, own?.email].map(text).filter(Boolean).join(' · ')}</span>
        </div>
        <div className="paper-title">
          <h1>{w(d.title)}</h1>
          <span>
            {w('no')} {text(row.no) || w('draft')}
          </span>
        </div>
      </header>
      <div className="paper-about">
        <dl>
          <dt>{w(d.party.label)}</dt>
          <dd>
            <b>{text(party?.name)}</b>
          </dd>
          {(
            [
              ['contact', party?.contact_name],
              ['address', party?.address],
              ['phone', party?.phone],
              ['tax_no', party?.tax_no ?? party?.tax_number],
            ] as const
          ).map(([k, v]) => (v ? <Fact key={k} label={w(k)} value={text(v)} /> : null))}
        </dl>
        <dl>
          {d.facts.map(([field, label]) => (fact(field) ? <Fact key={field} label={w(label)} value={fact(field)} /> : null))}
        </dl>
      </div>
      <Lines paper={paper} w={w} named={named} />
      {d.priced && row.total_amount !== undefined && (
        <dl className="paper-sums">
          <Fact label={w('untaxed')} value={money(text(row.untaxed_amount), currency)} />
          <Fact label={w('tax_amount')} value={money(text(row.tax_amount), currency)} />
          <div className="all">
            <Fact label={w('total')} value={money(text(row.total_amount), currency)} />
          </div>
          {d.bank && row.residual_amount !== undefined && row.residual_amount !== row.total_amount && (
            <Fact label={w('open')} value={money(text(row.residual_amount), currency)} />
          )}
        </dl>
      )}
      {d.priced && lang === 'zh' && currency === 'CNY' && row.total_amount !== undefined && (
        <p className="paper-capital">
          {w('capital')}：<b>{capital(text(row.total_amount))}</b>
        </p>
      )}
      <dl className="paper-notes">
        {d.notes.map((n) => (row[n] ? <Fact key={n} label={w(n)} value={text(row[n])} /> : null))}
        {paper.bank && <Fact label={w('bank')} value={[company, paper.bank.bank, paper.bank.number].map(text).join(' · ')} />}
      </dl>
      <footer className="paper-signs">
        {d.signs.map((s) => (
          <span key={s}>{w(s)}</span>
        ))}
      </footer>
    </article>
  );
}

const Fact = ({ label, value }: { label: string; value: string }) => (
  <>
    <dt>{label}</dt>
    <dd>{value}</dd>
  </>
);

function Lines({ paper, w, named }: { paper: Paper; w: (key: string) => string; named: (r: Row | undefined) => string }) {
  const { document: d, row } = paper;
  const lines = linesOf(row);
  const currency = text(row.currency) || home.currency;
  const priced = d.priced && lines.some((l) => l[d.lineTotal] !== undefined);
  const off = priced && lines.some((l) => !isZero(text(l.discount_percent)));
  const due = lines.some((l) => l.expected_date);
  const product = (l: Row) => paper.products.get(text(l.product_id));
  const rate = (l: Row) => {
    const tax = paper.taxes.get(text(l.tax_id));
    return tax ? `${group(text(tax.rate))}%` : '';
  };
  return (
    <table className="paper-lines">
      <thead>
        <tr>
          <th>{w('position')}</th>
          <th>{w('product')}</th>
          <th className="end">{w('quantity')}</th>
          <th>{w('unit')}</th>
          {due && <th>{w('expected_date')}</th>}
          {priced && <th className="end">{w('unit_price')}</th>}
          {off && <th className="end">{w('discount')}</th>}
          {priced && <th className="end">{w('tax')}</th>}
          {priced && <th className="end">{w('amount')}</th>}
        </tr>
      </thead>
      <tbody>
        {lines.map((l, i) => {
          const p = product(l);
          const unit = paper.units.get(text(l.unit || p?.unit));
          return (
            <tr key={l.id}>
              <td>{i + 1}</td>
              <td>
                <b>{text(p?.name) || text(l.description)}</b>
                {p && <small>{[p.number, l.description !== p.name && l.description].filter(Boolean).join(' · ')}</small>}
              </td>
              <td className="end">{group(text(l.quantity))}</td>
              <td>{named(unit) || text(l.unit || p?.unit)}</td>
              {due && <td>{text(l.expected_date)}</td>}
              {priced && (
                <td className="end">
                  {money(text(l.unit_price), currency)}
                  {(row.price_includes_tax === true || l.price_includes_tax === true) && <small>{w('incl')}</small>}
                </td>
              )}
              {off && (
                <td className="end">{isZero(text(l.discount_percent)) ? '' : `${group(round(text(l.discount_percent), 2))}%`}</td>
              )}
              {priced && <td className="end">{rate(l)}</td>}
              {priced && <td className="end">{money(text(l[d.lineTotal]), currency)}</td>}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
