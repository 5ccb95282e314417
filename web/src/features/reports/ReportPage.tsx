import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { ChartColumn, Download, Lock, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { typeOf } from '@/meta/kinds';
import { type Meta, useMeta } from '@/meta/meta';
import { type Column, fieldFor, type Report } from '@/meta/reports';
import type { Field, Row } from '@/meta/types';
import { listed } from '@/ui/format';
import { useGo } from '@/ui/go';
import { Page } from '@/ui/Page';
import { Empty, Skeleton } from '@/ui/parts';
import { optionsOf } from './codes';
import { type Asked, type Line, shown } from './drill';
import { readWhole, useReport } from './pages';
import ReportList from './ReportList';
import { ReportTable } from './ReportTable';
import { asCSV, sumsOf } from './sums';

type Question = NonNullable<Report['input']>[number];

// asks are the words among which an answer is chosen. A lot's way is followed up, or down.
const asks = (meta: Meta, report: Report, i: Question) =>
  i.kind === 'text'
    ? optionsOf(meta, report, i)?.filter((o) => report.name !== 'lot_trace' || o.value.endsWith('stream'))
    : i.options;

// asking describes what a report is asked with as a field; a period is chosen among those of the books.
function asking(meta: Meta, report: Report, i: Question): Field {
  const field = fieldFor({ ...i, options: asks(meta, report, i) });
  return i.name === 'period' && meta.named('finance.period') ? { ...field, ref: 'finance.period' } : field;
}

// ReportPage shows any report of any module: what it is asked stands in the address, every figure leads to what it is made of.
export default function ReportPage() {
  const { t } = useTranslation();
  const meta = useMeta();
  const go = useGo();
  const { _splat: path = '' } = useParams({ strict: false }) as { _splat?: string };
  const report = meta.reports.find((r) => r.path === path);
  if (!path) return <ReportList />;
  if (!report) {
    return (
      <Page title={t('reports:title')} back={() => go('/reports')} padded>
        <Empty
          icon={ChartColumn}
          title={t('reports:missing')}
          action={<Button onClick={() => go('/reports')}>{t('reports:all')}</Button>}
        >
          {t('reports:missing_hint')}
        </Empty>
      </Page>
    );
  }
  return <Asked_ key={path} meta={meta} report={report} />;
}

function Asked_({ meta, report }: { meta: Meta; report: Report }) {
  const { t } = useTranslation();
  const go = useGo();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Asked;
  const input = report.input ?? [];
  const asked: Asked = Object.fromEntries(input.flatMap((i) => (search[i.name] ? [[i.name, search[i.name] ?? '']] : [])));
  const lacks = input.filter((i) => !i.optional && i.kind !== 'date' && i.kind !== 'text' && !asked[i.name]);
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ to: '.', search: { ...search, ...change }, replace: true } as never);
  const columns = shown(meta, report, asked);
  const only = Object.entries(search).flatMap(([k, v]) => (k.startsWith('by.') && v ? [[k.slice(3), v] as const] : []));
  const fits = (r: Line) => only.every(([k, v]) => String(r[k]) === v);
  const answer = useReport(report.path, asked, lacks.length === 0, only.length > 0);
  const rows = answer.rows.filter(fits);
  const all = !answer.hasNextPage;
  const ofAll = only.length === 0 && answer.totals;
  const sums = ofAll ? ofAll : all ? sumsOf(report, columns, rows) : undefined;
  const [failed, setFailed] = useState('');
  const [saving, setSaving] = useState(false);
  const file = async () => {
    setSaving(true);
    setFailed('');
    try {
      save(report, columns, all ? rows : (await readWhole(report.path, asked)).filter(fits));
    } catch (e) {
      setFailed((e as Error).message);
    } finally {
      setSaving(false);
    }
  };
  return (
    <Page
      title={report.label}
      back={() => (window.history.length > 1 ? window.history.back() : go('/reports'))}
      beside={answer.data && <span className="muted">{t(all ? 'reports:lines' : 'reports:lines_more', { n: rows.length })}</span>}
      actions={
        <>
          {failed && (
            <span className="wrong" role="alert">
              {failed}
            </span>
          )}
          <Button icon={<Download size={14} />} disabled={rows.length === 0} loading={saving} onClick={file}>
            {t('reports:export')}
          </Button>
        </>
      }
      toolbar={
        (input.length > 0 || only.length > 0) && (
          <div className="report-ask" role="group" aria-label={t('reports:asked')}>
            {input.map((i) => (
              <Question
                key={i.name}
                field={asking(meta, report, i)}
                value={asked[i.name]}
                onChange={(v) => set({ [i.name]: v })}
              />
            ))}
            {only.map(([k, v]) => (
              <span key={k} className="chip">
                <Only column={columns.find((c) => c.name === k)} value={v} row={rows[0]} />
                <button
                  type="button"
                  className="icon-button"
                  aria-label={t('reports:show_all')}
                  onClick={() => set({ [`by.${k}`]: undefined })}
                >
                  <X size={14} />
                </button>
              </span>
            ))}
            {!!report.denied?.length && (
              <span className="denied" title={t('denied.why')}>
                <Lock size={12} aria-hidden="true" />
                {t('reports:denied', { n: report.denied.length })}
              </span>
            )}
          </div>
        )
      }
    >
      {lacks.length > 0 ? (
        <Empty icon={ChartColumn} title={t('reports:choose', { what: listed(lacks.map((l) => l.label)) })} />
      ) : answer.isPending ? (
        <Skeleton rows={14} />
      ) : answer.isError && rows.length === 0 ? (
        <Empty icon={ChartColumn} title={answer.error?.message ?? ''} />
      ) : rows.length === 0 && !all ? (
        <Skeleton rows={14} />
      ) : rows.length === 0 ? (
        <Empty icon={ChartColumn} title={t('reports:nothing')}>
          {t('reports:nothing_hint')}
        </Empty>
      ) : (
        <ReportTable report={report} columns={columns} rows={rows} sums={sums} asked={asked} more={answer.more} />
      )}
    </Page>
  );
}

function Question({
  field,
  value,
  onChange,
}: {
  field: Field;
  value: string | undefined;
  onChange: (v: string | undefined) => void;
}) {
  const { Input } = typeOf(field);
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the input of a kind of field is within
    <label className={field.ref ? 'wide' : undefined}>
      <span>{field.label}</span>
      <span className="report-input">
        <Input
          field={field}
          label={field.label}
          value={value ?? null}
          onChange={(v) => onChange(v === null || v === '' ? undefined : String(v))}
        />
      </span>
    </label>
  );
}

function Only({ column, value, row }: { column: Column | undefined; value: string; row: Line | undefined }) {
  if (!column) return <span className="clip">{value}</span>;
  const field = fieldFor(column);
  const { Cell } = typeOf(field);
  return (
    <span className="clip">
      {column.label} <Cell field={field} value={value} row={row as unknown as Row} />
    </span>
  );
}

// save writes what is seen into a file for a spreadsheet.
function save(report: Report, columns: Column[], rows: Line[]) {
  const say = (c: Column, row: Line) => {
    const v = row[c.name];
    if (v === null || v === undefined) return '';
    return c.options?.find((o) => o.value === v)?.label ?? String(v);
  };
  const a = document.createElement('a');
  a.href = URL.createObjectURL(new Blob([asCSV(columns, rows, say)], { type: 'text/csv;charset=utf-8' }));
  a.download = `${report.label}.csv`;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}
