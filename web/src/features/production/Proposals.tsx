import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { Check } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, useAct } from '@/api/records';
import { Mistakes } from '@/data/Mistakes';
import { Ref } from '@/data/Ref';
import { Sheet } from '@/data/Sheet';
import { useMeta } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { group } from '@/ui/decimal';
import { useOnce } from '@/ui/once';
import { say } from '@/ui/talk';

const columns = ['action', 'product_id', 'quantity', 'from_date', 'date', 'document_no', 'reason', 'serves'];

// Proposals is what a planning run found: what it asks a person to decide first, then what it did.
export function Proposals({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const lines = (row.lines as Row[] | undefined) ?? [];
  const open = lines.filter((l) => l.state === 'proposed');
  const rest = lines.filter((l) => l.state !== 'proposed');
  const may = entity.actions?.some((a) => a.name === 'accept') ?? false;
  const [off, setOff] = useState<Set<string>>(new Set());
  const [problem, setProblem] = useState<Problem>();
  const key = useRef(newKey());
  const act = useAct(entity);
  const chosen = open.filter((l) => !off.has(l.id));
  const accept = useOnce(async () => {
    setProblem(undefined);
    try {
      await act.mutateAsync({ id: row.id, action: 'accept', input: { lines: chosen.map((l) => l.id) }, key: key.current });
      say.success(t('production:accepted', { n: chosen.length }));
    } catch (e) {
      if (!isProblem(e)) throw e;
      setProblem(e);
    }
    key.current = newKey();
  });
  const toggle = (id: string) => {
    const next = new Set(off);
    if (!next.delete(id)) next.add(id);
    setOff(next);
  };
  return (
    <>
      <div className="planning-head">
        <h3>
          {t('production:proposals')} <span className="muted">{open.length}</span>
        </h3>
        {may && open.length > 0 && (
          <Button
            type="primary"
            icon={<Check size={15} />}
            disabled={chosen.length === 0}
            loading={act.isPending}
            onClick={() => void accept()}
          >
            {t('production:accept', { n: chosen.length })}
          </Button>
        )}
      </div>
      {problem && (
        <div className="planning-more">
          <Mistakes problem={problem} />
        </div>
      )}
      {open.length === 0 ? (
        <p className="muted planning-none">{t('production:no_proposals')}</p>
      ) : (
        <Lines
          entity={entity}
          label={t('production:proposals')}
          rows={open}
          lead={
            may
              ? (l) => (
                  <input
                    type="checkbox"
                    className="check"
                    checked={!off.has(l.id)}
                    aria-label={t('production:choose', { no: String(l.document_no) })}
                    onChange={() => toggle(l.id)}
                  />
                )
              : undefined
          }
        />
      )}
      {rest.length > 0 && (
        <>
          <div className="planning-head">
            <h3>
              {t('production:was_done')} <span className="muted">{rest.length}</span>
            </h3>
          </div>
          <Lines entity={entity} label={t('production:was_done')} rows={rest} />
        </>
      )}
    </>
  );
}

interface LinesProps {
  entity: Entity;
  label: string;
  rows: Row[];
  lead?: (l: Row) => React.ReactNode;
}

function Lines({ entity, label, rows, lead }: LinesProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const fields = entity.lines?.[0]?.fields ?? [];
  const shown = columns.flatMap((n): Field | Field[] => fields.find((f) => f.name === n) ?? []);
  return (
    <Sheet
      label={label}
      rows={rows}
      columns={[
        ...(lead ? [{ key: 'lead', label: <span className="sr">{t('production:choose_column')}</span> }] : []),
        ...shown.map((f) => ({ key: f.name, label: f.label, end: f.kind === 'quantity' })),
      ]}
      cell={(key, l) => {
        if (key === 'lead') return lead?.(l);
        if (key === 'product_id') return <Ref to="inventory.product" id={l.product_id} />;
        if (key === 'quantity') return group(String(l.quantity ?? '0'));
        const to = key === 'document_no' ? meta.named(String(l.document_entity)) : undefined;
        if (to && l.document_id) return <Link to={`/${to.path}/${l.document_id}` as '/'}>{String(l.document_no)}</Link>;
        const field = shown.find((f) => f.name === key);
        return field && <Value field={field} row={l} />;
      }}
    />
  );
}
