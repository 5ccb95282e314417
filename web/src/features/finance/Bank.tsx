import { Link } from '@tanstack/react-router';
import { Landmark, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, useList } from '@/api/records';
import { Mistakes } from '@/data/Mistakes';
import { Sheet } from '@/data/Sheet';
import { decoded } from '@/data/sheetfile';
import { typeOf } from '@/meta/kinds';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { useGo } from '@/ui/go';
import { Page } from '@/ui/Page';
import { Empty, Skeleton } from '@/ui/parts';
import { formatOf } from './bank';
import '@/data/record.css';
import './finance.css';

const columns = ['reference', 'bank_account_id', 'date', 'line_count', 'closing_balance', 'status'];

// Bank takes in what the bank reports, and lists the statements that are there.
export default function Bank() {
  const { t } = useTranslation();
  const meta = useMeta();
  const entity = meta.named('finance.bank_statement') as Entity;
  const list = useList(entity.path, { sort: '-date', limit: 50 });
  const rows = list.data?.data ?? [];
  const fields = columns.flatMap((n) => fieldOf(entity, n) ?? []);
  return (
    <Page title={t('finance:bank')} padded>
      <div className="stack">
        {entity.create && <New entity={entity} />}
        <section className="card" aria-label={entity.label}>
          <header>
            <h2>{entity.label}</h2>
          </header>
          {list.isPending ? (
            <Skeleton rows={4} />
          ) : rows.length === 0 ? (
            <Empty icon={Landmark} title={t('finance:no_statements')}>
              {t('finance:no_statements_hint')}
            </Empty>
          ) : (
            <Sheet
              label={entity.label}
              columns={fields.map((f) => ({ key: f.name, label: f.label, end: typeOf(f).end }))}
              rows={rows}
              cell={(key, r: Row) => {
                const f = fields.find((x) => x.name === key);
                if (key === 'reference')
                  return <Link to={`/${entity.path}/${r.id}` as '/'}>{String(r.reference || r.date)}</Link>;
                return f && <Value field={f} row={r} />;
              }}
            />
          )}
        </section>
      </div>
    </Page>
  );
}

// New makes a statement of a bank's file: the account it is of, and the file.
function New({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const go = useGo();
  const account = fieldOf(entity, 'bank_account_id');
  const accounts = useList('finance/bank_accounts', { active: true, limit: 2 });
  const only = accounts.data?.data.length === 1 ? accounts.data.data[0]?.id : undefined;
  const [chosen, setChosen] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const made = useRef<string>(undefined);
  if (!account) return null;
  const { Input } = typeOf(account);
  const bank = chosen ?? only;
  const load = async (file: File | undefined) => {
    if (!file || !bank) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const content = decoded(new Uint8Array(await file.arrayBuffer()));
      made.current ??= (await post<Row>(entity.path, { bank_account_id: bank }, { key: newKey() })).id; // a refused file leaves it for the next
      await post(`${entity.path}/${made.current}/load`, { format: formatOf(file.name, content), content }, { key: newKey() });
      go(`/${entity.path}/${made.current}`);
    } catch (e) {
      if (isProblem(e)) setProblem(e);
    }
    setBusy(false);
  };
  return (
    <section className="card" aria-label={t('finance:load')}>
      <header>
        <h2>{t('finance:load')}</h2>
        <span className="muted">{t('finance:formats')}</span>
      </header>
      <div className="bank-new">
        <span className="bank-input">
          <Input
            field={account}
            label={account.label}
            placeholder={account.label}
            value={bank ?? null}
            onChange={(v) => setChosen(v ? String(v) : undefined)}
          />
        </span>
        <label className="file-button" aria-disabled={!bank || busy}>
          <Upload size={14} aria-hidden="true" />
          {t('finance:file')}
          <input
            type="file"
            accept=".csv,.xml,.sta,.mt940,.940,.txt"
            className="sr"
            disabled={!bank || busy}
            onChange={(e) => {
              void load(e.target.files?.[0]);
              e.target.value = '';
            }}
          />
        </label>
        {!bank && <span className="muted">{t('finance:choose_bank')}</span>}
      </div>
      {problem && <Mistakes problem={problem} />}
    </section>
  );
}
