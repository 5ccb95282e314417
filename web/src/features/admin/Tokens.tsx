import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { Copy, KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, get, post } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { Mistakes } from '@/data/Mistakes';
import { Sheet } from '@/data/Sheet';
import { listed, time } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Empty, Skeleton } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import './admin.css';

interface Token {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  expires_at: string;
  token?: string;
}

// Tokens let programs in as oneself. A new one is shown once.
export default function Tokens() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: ['tokens'], queryFn: () => get<{ data: Token[] }>('tokens') });
  const [adding, setAdding] = useState(false);
  const again = () => void client.invalidateQueries({ queryKey: ['tokens'] });
  const rows = (data?.data ?? []).filter((x) => !x.scopes.includes('session'));
  const scope = (s: string) => (s === 'read' ? t('admin:token.read') : s === 'write' ? t('admin:token.write') : s);
  const drop = (x: Token) =>
    ask({
      title: t('admin:token.revoke_ask', { name: x.name }),
      okText: t('admin:token.revoke'),
      okButtonProps: { danger: true },
      onOk: () => call('DELETE', `tokens/${x.id}`).then(again, (e) => say.error(isProblem(e) ? e.message : String(e))),
    });
  return (
    <Page
      title={t('admin:tokens')}
      actions={
        <Button type="primary" icon={<Plus size={15} />} onClick={() => setAdding(true)}>
          {t('admin:token.add')}
        </Button>
      }
      padded
    >
      {!data ? (
        <Skeleton rows={5} />
      ) : rows.length === 0 ? (
        <Empty icon={KeyRound} title={t('admin:token.none')}>
          {t('admin:token.none_hint')}
        </Empty>
      ) : (
        <section className="card admin-list">
          <Sheet
            label={t('admin:tokens')}
            columns={[
              ...['name', 'scopes', 'created', 'expires'].map((key) => ({ key, label: t(`admin:token.${key}`) })),
              { key: 'do', label: '' },
            ]}
            rows={rows}
            cell={(key, x) =>
              key === 'name' ? (
                <b>{x.name}</b>
              ) : key === 'scopes' ? (
                listed(x.scopes.map(scope)) || t('admin:token.whole')
              ) : key === 'created' ? (
                time(x.created_at)
              ) : key === 'expires' ? (
                time(x.expires_at)
              ) : (
                <Button size="small" danger onClick={() => drop(x)}>
                  {t('admin:token.revoke')}
                </Button>
              )
            }
          />
        </section>
      )}
      {adding && (
        <Add
          onClose={() => {
            setAdding(false);
            again();
          }}
        />
      )}
    </Page>
  );
}

function Add({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [scopes, setScopes] = useState<string[]>(['read']);
  const [made, setMade] = useState<Token>();
  const [problem, setProblem] = useState<Problem>();
  const save = async () => {
    try {
      setMade(await post<Token>('tokens', { name: name.trim(), days: Number.parseInt(days, 10) || 0, scopes }));
    } catch (e) {
      if (!isProblem(e)) throw e;
      setProblem(e);
    }
  };
  const copy = () => navigator.clipboard.writeText(made?.token ?? '').then(() => say.success(t('admin:token.copied')));
  return (
    <Modal
      open
      title={t('admin:token.add')}
      onCancel={onClose}
      footer={
        made ? (
          <Button type="primary" onClick={onClose}>
            {t('close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button type="primary" disabled={!name.trim() || scopes.length === 0} onClick={() => void save()}>
              {t('create')}
            </Button>
          </>
        )
      }
    >
      {made ? (
        <div className="stack">
          <div className="notice tone-amber">{t('admin:token.shown')}</div>
          <div className="token-once">
            <code className="grow">{made.token}</code>
            <Button icon={<Copy size={14} />} onClick={() => void copy()}>
              {t('admin:token.copy')}
            </Button>
          </div>
        </div>
      ) : (
        <div className="stack">
          {problem && <Mistakes problem={problem} />}
          <label className="labelled">
            <span>{t('admin:token.name')}</span>
            <input className="input" autoFocus value={name} onChange={(e) => setName(e.target.value)} />
          </label>
          <label className="labelled">
            <span>{t('admin:token.days')}</span>
            <input className="input" inputMode="numeric" value={days} onChange={(e) => setDays(e.target.value)} />
          </label>
          <fieldset className="role-checks">
            <legend>{t('admin:token.scopes')}</legend>
            {['read', 'write'].map((s) => (
              <label key={s} className="item">
                <input
                  type="checkbox"
                  className="check"
                  checked={scopes.includes(s)}
                  onChange={() => setScopes(scopes.includes(s) ? scopes.filter((x) => x !== s) : [...scopes, s])}
                />
                {t(`admin:token.${s}`)}
              </label>
            ))}
          </fieldset>
        </div>
      )}
    </Modal>
  );
}
