import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, ExternalLink } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '@/api/me';
import { preview, useRecord } from '@/api/records';
import { useTitle } from '@/api/titles';
import { Details } from '@/data/Details';
import { Lines } from '@/data/Lines';
import { Timeline } from '@/data/Timeline';
import { waitsFor } from '@/data/todo';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { time } from '@/ui/format';
import { Empty, Skeleton, Tabs } from '@/ui/parts';
import { agreement, Decide } from './Decide';
import { Effect } from './Effect';
import { ruleOf } from './Item';
import { Steps } from './Steps';

interface RequestProps {
  id: string;
  me: Me;
  onBack?: () => void;
  onDone: (id: string) => void;
}

// Request is all that one needs to decide: what is asked and why, what would happen, the document, what was said.
export function Request({ id, me, onBack, onDone }: RequestProps) {
  const { t } = useTranslation();
  const { data: row, isError } = useRecord('approvals', id);
  if (isError && !row) return <Empty title={t('record.missing')}>{t('record.missing_hint')}</Empty>;
  if (!row) return <Skeleton rows={10} />;
  return <Body row={row} me={me} onBack={onBack} onDone={onDone} />;
}

function Body({ row, me, onBack, onDone }: { row: Row; me: Me; onBack?: () => void; onDone: (id: string) => void }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const approval = meta.named('approval');
  const of = meta.named(String(row.entity));
  const subject = useRecord(of?.path ?? '', of ? String(row.record_id) : undefined);
  const who = useTitle(meta.named('user'), 'id', row.requested_by as string | null);
  const mine = waitsFor(row, me);
  const [comment, setComment] = useState('');
  const [said, setSaid] = useState(''); // what the preview was asked with: a comment is part of what is agreed to
  useEffect(() => {
    const timer = setTimeout(() => setSaid(comment.trim()), 300);
    return () => clearTimeout(timer);
  }, [comment]);
  const dry = useQuery({
    queryKey: ['preview', 'approvals', row.id, row.version, subject.data?.version, said],
    queryFn: () => preview('approvals', { id: row.id, action: 'approve', input: agreement(row, said) }),
    placeholderData: (before) => before,
    enabled: mine,
    staleTime: 0,
    retry: false,
  });
  const [tab, setTab] = useState(mine ? 'effect' : 'document');
  const state = approval && fieldOf(approval, 'status');
  const action = of?.actions?.find((a) => a.name === row.action)?.label ?? String(row.action);
  const items = [
    ...(mine ? [{ key: 'effect', label: t('approvals:effect') }] : []),
    { key: 'document', label: t('approvals:document') },
    { key: 'talk', label: t('approvals:talk') },
  ];
  return (
    <article className="request" aria-label={String(row.record_title)}>
      <header className="request-head">
        {onBack && (
          <button type="button" className="icon-button" aria-label={t('back')} onClick={onBack}>
            <ArrowLeft size={18} />
          </button>
        )}
        <div className="grow">
          <h2>
            <span className="grow">
              {of?.label} {String(row.record_title)}
            </span>
            {state && <Value field={state} row={row} />}
          </h2>
          <p className="muted">
            {t('approvals:asks', { who: who ?? t('approvals:someone'), action })} · {time(String(row.created_at))}
          </p>
        </div>
        {of && (
          <Link
            className="icon-button"
            to={`/${of.path}/${row.record_id}` as '/'}
            aria-label={t('approvals:open')}
            title={t('approvals:open')}
          >
            <ExternalLink size={16} />
          </Link>
        )}
      </header>
      <div className="request-body">
        <div className="notice tone-amber">
          <div>
            <b>{t('approvals:reason')}</b>
            <div>{ruleOf(row)}</div>
          </div>
        </div>
        <Steps row={row} />
        <section className="card">
          <div className="record-tabs">
            <Tabs label={t('approvals:parts')} items={items} value={tab} onChange={setTab} />
          </div>
          <div role="tabpanel" aria-label={String(items.find((i) => i.key === tab)?.label)}>
            {tab === 'effect' && <Effect row={row} subject={of} dry={dry} />}
            {tab !== 'effect' && subject.isError && <p className="muted request-pad">{t('approvals:gone')}</p>}
            {tab === 'document' && of && subject.data && <Details entity={of} row={subject.data} />}
            {tab === 'talk' && of && subject.data && <Timeline entity={of} row={subject.data} />}
          </div>
        </section>
        {tab === 'document' && of && subject.data && of.lines?.map((l) => <Lines key={l.name} lines={l} row={subject.data} />)}
      </div>
      <Decide
        row={row}
        me={me}
        mine={mine}
        hash={dry.isPlaceholderData || said !== comment.trim() ? undefined : dry.data?.hash}
        comment={comment}
        onComment={setComment}
        refused={dry.isError}
        again={() => void dry.refetch()}
        onDone={onDone}
      />
    </article>
  );
}
