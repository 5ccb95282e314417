import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { KeyRound, LockKeyhole, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, get, post } from '@/api/http';
import { ended, useJob } from '@/api/jobs';
import { isProblem } from '@/api/problem';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { useMeta } from '@/meta/meta';
import { time } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Bar, Empty, Skeleton, State } from '@/ui/parts';
import { Select } from '@/ui/pickers';
import { ask, say } from '@/ui/talk';
import { type OwnVault, Vault } from './Vault';
import './admin.css';

interface KeyState {
  status: {
    service: { kind: string; address?: string; ok: boolean; since?: string };
    own: OwnVault | null;
    newest_version: number;
    oldest_version: number;
    data_keys: number;
    signing_key: string;
    error?: string;
  };
}

interface Sealed {
  entity: string;
  field: string;
  label: string;
  entity_label: string;
  lookup: boolean;
  own: boolean;
  state: 'sealed' | 'sealing' | 'unsealing';
}

const told = (e: unknown) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));

// Keys is how the company's data is kept secret: the key service, its keys, and which fields are encrypted.
export default function Keys() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [job, setJob] = useState<number>();
  const keys = useQuery({ queryKey: ['keys'], queryFn: () => get<KeyState>('keys') });
  const health = useQuery({ queryKey: ['keys', 'health', lang()], queryFn: () => get<{ detail: string }>('keys/health') }).data;
  const again = () => void client.invalidateQueries({ predicate: (q) => /^(keys|meta|jobs)$/.test(String(q.queryKey[0])) });
  const begun = (id: number) => {
    setJob(id);
    again();
  };
  const rotate = () =>
    ask({
      title: t('admin:key.rotate_ask'),
      content: t('admin:key.rotate_hint'),
      okText: t('admin:key.rotate'),
      onOk: () => post<{ job: number }>('keys/rotate').then((x) => begun(x.job), told),
    });
  const seal = (entity: string, field: string, sealed: boolean) =>
    call<{ job: number }>('PUT', 'keys/fields', { body: { entity, field, sealed } }).then((a) => begun(a.data.job), told);
  const s = keys.data?.status;
  return (
    <Page
      title={t('admin:keys')}
      actions={
        <Button icon={<RefreshCw size={14} />} disabled={!s?.service.ok} onClick={rotate}>
          {t('admin:key.rotate')}
        </Button>
      }
      padded
    >
      <div className="admin-keys">
        {keys.isError ? (
          <Empty icon={KeyRound} title={keys.error.message} />
        ) : !s ? (
          <Skeleton rows={6} />
        ) : (
          <section className="card">
            <header>
              <h2>{t('admin:key.service')}</h2>
              <State tone={s.service.ok ? 'green' : 'red'}>{t(s.service.ok ? 'admin:key.ok' : 'admin:key.away')}</State>
            </header>
            {!s.service.ok && health && <p className="rights-note wrong">{health.detail}</p>}
            <dl className="facts">
              <Fact label={t('admin:key.kind')}>{t(`admin:key.kind_${s.service.kind}`, { defaultValue: s.service.kind })}</Fact>
              <Fact label={t('admin:key.whose')}>{s.own ? s.own.address : t('admin:key.installation')}</Fact>
              {s.service.since && <Fact label={t('admin:key.since')}>{time(s.service.since)}</Fact>}
              <Fact label={t('admin:key.newest')}>{s.newest_version}</Fact>
              <Fact label={t('admin:key.oldest')}>{s.oldest_version}</Fact>
              <Fact label={t('admin:key.data_keys')}>{s.data_keys}</Fact>
              <Fact label={t('admin:key.signs')}>
                <code className="secret">{s.signing_key || t('admin:key.none_yet')}</code>
              </Fact>
            </dl>
          </section>
        )}
        {s && <Vault key={s.own?.address ?? ''} own={s.own} onChange={again} />}
        {job !== undefined && <Progress id={job} onEnd={again} />}
        <Fields onSeal={seal} />
      </div>
    </Page>
  );
}

const Fact = ({ label, children }: { label: string; children: React.ReactNode }) => (
  <div className="fact">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

// Progress follows the task that seals or opens what is there.
function Progress({ id, onEnd }: { id: number; onEnd: () => void }) {
  const { t } = useTranslation();
  const { data } = useJob(id);
  const [told, setTold] = useState(false);
  if (data && ended(data) && !told) {
    setTold(true);
    queueMicrotask(onEnd);
  }
  return (
    <section className="card" role="status">
      <div className="stack body">
        <div className="row">
          <b className="grow">{t(`admin:key.call_${data?.call ?? 'reseal'}`)}</b>
          <span className="muted">{data ? t(`admin:job.${data.state}`) : ''}</span>
        </div>
        <Bar percent={data && ended(data) ? 100 : (data?.percent ?? 0)} />
        {data?.error && <span className="wrong">{data.error}</span>}
      </div>
    </section>
  );
}

// Fields are those whose values the database can't read, and those that could be.
function Fields({ onSeal }: { onSeal: (entity: string, field: string, sealed: boolean) => Promise<unknown> }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const [entity, setEntity] = useState<string>();
  const [field, setField] = useState<string>();
  const list = useQuery({
    queryKey: ['keys', 'fields', lang()],
    queryFn: () => get<{ data: Sealed[] }>('keys/fields'),
    refetchInterval: (q) => (q.state.data?.data.some((f) => f.state !== 'sealed') ? 2000 : false),
  }).data?.data;
  if (!list) return <Skeleton rows={4} />;
  const of = meta.named(entity);
  const open =
    of?.fields.filter(
      (f) =>
        f.kind === 'text' &&
        !f.options &&
        !f.ref &&
        f.name !== of.title &&
        !list.some((x) => x.entity === of.name && x.field === f.name),
    ) ?? [];
  const unseal = (f: Sealed) =>
    ask({
      title: t('admin:key.unseal_ask', { field: f.label }),
      okText: t('admin:key.unseal'),
      okButtonProps: { danger: true },
      onOk: () => onSeal(f.entity, f.field, false),
    });
  return (
    <section className="card admin-list">
      <header>
        <h2>{t('admin:key.fields')}</h2>
      </header>
      <p className="rights-note muted">{t('admin:key.fields_hint')}</p>
      <Sheet
        label={t('admin:key.fields')}
        columns={['of', 'field', 'state', 'found', 'do'].map((key) => ({
          key,
          label: key === 'do' ? '' : t(`admin:key.${key}`),
        }))}
        rows={list.map((f) => ({ ...f, id: `${f.entity}.${f.field}` }))}
        cell={(key, f) =>
          key === 'of' ? (
            f.entity_label
          ) : key === 'field' ? (
            f.label
          ) : key === 'state' ? (
            <State tone={f.state === 'sealed' ? 'green' : 'amber'}>{t(`admin:key.state_${f.state}`)}</State>
          ) : key === 'found' ? (
            t(f.lookup ? 'admin:key.lookup' : 'admin:key.no_lookup')
          ) : (
            f.own &&
            f.state !== 'unsealing' && (
              <Button size="small" onClick={() => unseal(f)}>
                {t('admin:key.unseal')}
              </Button>
            )
          )
        }
      />
      <div className="admin-filters body">
        <span>
          <Select
            size="small"
            showSearch={{ optionFilterProp: 'label' }}
            aria-label={t('admin:key.of')}
            placeholder={t('admin:key.of')}
            value={entity}
            options={meta.entities.filter((e) => e.edit).map((e) => ({ value: e.name, label: e.label }))}
            onChange={(v: string) => {
              setEntity(v);
              setField(undefined);
            }}
          />
        </span>
        <span>
          <Select
            size="small"
            showSearch={{ optionFilterProp: 'label' }}
            aria-label={t('admin:key.field')}
            placeholder={t('admin:key.field')}
            disabled={!of}
            value={field}
            options={open.map((f) => ({ value: f.name, label: f.label }))}
            onChange={(v: string) => setField(v)}
          />
        </span>
        <Button
          size="small"
          icon={<LockKeyhole size={13} />}
          disabled={!entity || !field}
          onClick={() => entity && field && void onSeal(entity, field, true).then(() => setField(undefined))}
        >
          {t('admin:key.seal')}
        </Button>
      </div>
    </section>
  );
}
