import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, get } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { Mistakes } from '@/data/Mistakes';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { useGo } from '@/ui/go';
import { Page } from '@/ui/Page';
import { Pop } from '@/ui/Pop';
import { Skeleton, State } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { say } from '@/ui/talk';
import './admin.css';

interface Rule {
  id: string;
  entity: string;
  label: string;
  gapless: boolean;
  prefix?: string;
  date?: string;
  digits?: number;
  reset?: 'never' | 'year' | 'month';
  own?: boolean;
  next?: string;
}

const dates = ['', 'YY', 'YYYY', 'YYMM', 'YYYYMM', 'YYYYMMDD'];

const read = async () => (await get<{ data: Rule[] }>('numbering')).data.map((r) => ({ ...r, id: r.entity }));

// Numbering says how documents are numbered, and shows the number that comes next.
export default function Numbering() {
  const { t } = useTranslation();
  const go = useGo();
  const { data } = useQuery({ queryKey: ['numbering', lang()], queryFn: read });
  const columns = ['entity', 'next', 'rule', 'change'].map((key) => ({
    key,
    label: key === 'change' ? t('edit') : t(`admin:numbering.${key}`),
  }));
  return (
    <Page title={t('admin:numbering.title')} back={() => go('/admin/settings')} padded>
      <p className="muted company-hint">{t('admin:numbering.hint')}</p>
      {data ? (
        <section className="card admin-list numbering">
          <Sheet
            label={t('admin:numbering.title')}
            columns={columns}
            rows={data as never}
            cell={(key, row) => <Piece name={key} rule={row as unknown as Rule} />}
          />
        </section>
      ) : (
        <Skeleton rows={12} />
      )}
    </Page>
  );
}

function Piece({ name, rule }: { name: string; rule: Rule }) {
  const { t } = useTranslation();
  if (name === 'entity') return rule.label;
  if (rule.gapless) return name === 'rule' ? <span className="muted">{t('admin:numbering.gapless')}</span> : null;
  if (name === 'next') return <code>{rule.next}</code>;
  if (name === 'rule')
    return (
      <>
        {t(`admin:numbering.${rule.reset ?? 'never'}`)} {rule.own && <State tone="blue">{t('admin:numbering.own')}</State>}
      </>
    );
  return (
    <Pop
      label={t('admin:numbering.edit', { what: rule.label })}
      width={300}
      trigger={(open, toggle) => (
        <Button
          size="small"
          icon={<Pencil size={13} />}
          aria-expanded={open}
          aria-label={t('admin:numbering.edit', { what: rule.label })}
          onClick={toggle}
        />
      )}
    >
      {(close) => <Form rule={rule} onDone={close} />}
    </Pop>
  );
}

function Form({ rule, onDone }: { rule: Rule; onDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [prefix, setPrefix] = useState(rule.prefix ?? '');
  const [date, setDate] = useState(rule.date ?? '');
  const [digits, setDigits] = useState(String(rule.digits ?? 6));
  const [reset, setReset] = useState(rule.reset ?? 'never');
  const [problem, setProblem] = useState<Problem>();
  const body = { prefix, date, digits: Number(digits) || 0, reset };
  const put = (dry: boolean) =>
    call<Rule>('PUT', `numbering/${rule.entity}`, { body, query: dry ? { dry_run: true } : undefined }).then((r) => r.data);
  const seen = useQuery({
    queryKey: ['numbering', rule.entity, lang(), body],
    queryFn: () => put(true),
    retry: false,
    placeholderData: (before) => before,
  });
  const save = () =>
    put(false).then(
      () => {
        say.success(t('admin:numbering.saved'));
        void client.invalidateQueries({ queryKey: ['numbering'] });
        onDone();
      },
      (e) => (isProblem(e) ? setProblem(e) : say.error(String(e))),
    );
  const wrong = problem ?? (isProblem(seen.error) ? seen.error : undefined);
  const labels = Object.fromEntries(['prefix', 'date', 'digits', 'reset'].map((k) => [k, t(`admin:numbering.${k}`)]));
  return (
    <form
      className="filter-form numbering-form"
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
    >
      <label className="labelled">
        <span>{labels.prefix}</span>
        <input className="input small" value={prefix} maxLength={12} onChange={(e) => setPrefix(e.target.value.trim())} />
      </label>
      <div className="labelled">
        <span>{labels.date}</span>
        <Select
          aria-label={labels.date}
          size="small"
          value={date}
          options={dates.map((d) => ({ value: d, label: d || t('admin:numbering.date_none') }))}
          onChange={(d: string) => setDate(d)}
        />
      </div>
      <label className="labelled">
        <span>{labels.digits}</span>
        <input
          className="input small"
          type="number"
          min={3}
          max={12}
          value={digits}
          onChange={(e) => setDigits(e.target.value)}
        />
      </label>
      <div className="labelled">
        <span>{labels.reset}</span>
        <Select
          aria-label={labels.reset}
          size="small"
          value={reset}
          options={(['never', 'year', 'month'] as const).map((r) => ({ value: r, label: t(`admin:numbering.${r}`) }))}
          onChange={(r: 'never' | 'year' | 'month') => setReset(r)}
        />
      </div>
      {wrong ? (
        <Mistakes problem={wrong} labels={labels} />
      ) : (
        <p>
          <span className="muted">{t('admin:numbering.next')}</span> <code>{seen.data?.next}</code>
        </p>
      )}
      <Button type="primary" size="small" htmlType="submit" disabled={!!seen.error}>
        {t('save')}
      </Button>
    </form>
  );
}
