import { Button } from 'antd';
import { CircleCheck, CircleX, Plug, Save } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, post } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { useOnce } from '@/ui/once';
import { Select } from '@/ui/pickers';
import { ask, say } from '@/ui/talk';

// OwnVault is the company's own key service as it was saved; secrets are only ever sent.
export interface OwnVault {
  address: string;
  namespace?: string;
  mount?: string;
  prefix?: string;
  ca?: string;
  login: { method: string; mount?: string; role?: string; role_id?: string };
}

const methods = ['token', 'approle', 'kubernetes'];
const empty = {
  address: '',
  namespace: '',
  mount: '',
  ca: '',
  method: 'token',
  login_mount: '',
  role: '',
  role_id: '',
  token: '',
  secret_id: '',
  jwt: '',
};
type Values = typeof empty;

const valuesOf = (own: OwnVault | null): Values => ({
  ...empty,
  ...(own && {
    address: own.address,
    namespace: own.namespace ?? '',
    mount: own.mount ?? '',
    ca: own.ca ?? '',
    method: own.login.method || 'token',
    login_mount: own.login.mount ?? '',
    role: own.login.role ?? '',
    role_id: own.login.role_id ?? '',
  }),
});

// bodyOf is what the API takes: nothing that the chosen login does not use.
const bodyOf = (v: Values, own: OwnVault | null) => ({
  address: v.address.trim(),
  namespace: v.namespace.trim(),
  mount: v.mount.trim(),
  prefix: own?.prefix,
  ca: v.ca.trim(),
  login: {
    method: v.method,
    mount: v.login_mount.trim(),
    ...(v.method === 'approle' ? { role_id: v.role_id.trim() } : {}),
    ...(v.method === 'kubernetes' ? { role: v.role.trim() } : {}),
  },
  ...(v.method === 'token' ? { token: v.token } : v.method === 'approle' ? { secret_id: v.secret_id } : { jwt: v.jwt }),
});

// Vault is the form for the company's own Vault. It is checked before it is saved, and what is wrong is said beside the field.
export function Vault({ own, onChange }: { own: OwnVault | null; onChange: () => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [values, setValues] = useState(() => valuesOf(own));
  const [problem, setProblem] = useState<Problem>();
  const [good, setGood] = useState(false);
  const [busy, setBusy] = useState<'check' | 'save'>();
  const set = (name: keyof Values, v: string) => {
    setValues({ ...values, [name]: v });
    setGood(false);
  };
  const send = useOnce(async (how: 'check' | 'save') => {
    setBusy(how);
    setProblem(undefined);
    setGood(false);
    try {
      if (how === 'check') {
        await post('keys/vault/check', bodyOf(values, own));
        setGood(true);
      } else {
        await call('PUT', 'keys/vault', { body: bodyOf(values, own) });
        say.success(t('admin:vault.saved'));
        onChange();
      }
    } catch (e) {
      if (isProblem(e)) setProblem(e);
      else say.error(String(e));
    } finally {
      setBusy(undefined);
    }
  });
  const drop = () =>
    ask({
      title: t('admin:vault.drop_ask'),
      content: t('admin:vault.drop_hint'),
      okText: t('admin:vault.drop'),
      okButtonProps: { danger: true },
      onOk: () =>
        call('DELETE', 'keys/vault').then(
          () => {
            say.success(t('admin:vault.dropped'));
            onChange();
          },
          (e) => say.error(isProblem(e) ? e.message : String(e)),
        ),
    });
  const box = (name: keyof Values, more: { at?: string; secret?: boolean; rows?: number; hint?: string } = {}) => (
    <Box
      label={t(`admin:vault.${name}`)}
      hint={more.hint}
      value={values[name]}
      secret={more.secret}
      rows={more.rows}
      wrong={problem?.at(more.at ?? name)}
      onChange={(v) => set(name, v)}
    />
  );
  return (
    <section className="card admin-vault" aria-label={t('admin:vault.title')}>
      <header>
        <h2>{t('admin:vault.title')}</h2>
        <span className="grow" />
        {own && (
          <Button size="small" danger onClick={drop}>
            {t('admin:vault.drop')}
          </Button>
        )}
        {!open && (
          <Button size="small" icon={<Plug size={13} />} onClick={() => setOpen(true)}>
            {t(own ? 'admin:vault.change' : 'admin:vault.use')}
          </Button>
        )}
      </header>
      <p className="rights-note muted">{own ? t('admin:vault.now', { address: own.address }) : t('admin:vault.hint')}</p>
      {open && (
        <form
          className="admin-vault-form"
          onSubmit={(e) => {
            e.preventDefault();
            void send('save');
          }}
        >
          {box('address', { hint: 'https://vault.example.com:8200' })}
          {box('namespace', { hint: t('admin:vault.optional') })}
          {box('mount', { hint: 'transit' })}
          <div className="labelled">
            <span>{t('admin:vault.method')}</span>
            <Select
              aria-label={t('admin:vault.method')}
              value={values.method}
              options={methods.map((m) => ({ value: m, label: t(`admin:vault.by_${m}`) }))}
              onChange={(v: string) => set('method', v)}
            />
            {problem?.at('login') && <span className="wrong">{problem.at('login')}</span>}
          </div>
          {values.method !== 'token' && box('login_mount', { hint: values.method })}
          {values.method === 'token' && box('token', { secret: true })}
          {values.method === 'approle' && box('role_id')}
          {values.method === 'approle' && box('secret_id', { secret: true })}
          {values.method === 'kubernetes' && box('role')}
          {values.method === 'kubernetes' && box('jwt', { secret: true })}
          <div className="wide">{box('ca', { rows: 3, hint: t('admin:vault.ca_hint') })}</div>
          {own && <p className="muted note wide">{t('admin:vault.secrets')}</p>}
          <div className="wide" role="status">
            {good && (
              <span className="admin-vault-said">
                <CircleCheck size={16} aria-hidden="true" /> {t('admin:vault.good')}
              </span>
            )}
            {problem && (
              <span className="admin-vault-said wrong">
                <CircleX size={16} aria-hidden="true" /> {problem.fields[0]?.detail ?? problem.message}
              </span>
            )}
          </div>
          <div className="admin-vault-acts wide">
            <Button
              icon={<Plug size={14} />}
              loading={busy === 'check'}
              disabled={!values.address.trim() || !!busy}
              onClick={() => void send('check')}
            >
              {t('admin:vault.check')}
            </Button>
            <Button
              type="primary"
              htmlType="submit"
              icon={<Save size={14} />}
              loading={busy === 'save'}
              disabled={!values.address.trim() || !!busy}
            >
              {t('admin:vault.save')}
            </Button>
            <Button onClick={() => setOpen(false)}>{t('cancel')}</Button>
          </div>
        </form>
      )}
    </section>
  );
}

interface BoxProps {
  label: string;
  value: string;
  hint?: string;
  wrong?: string;
  secret?: boolean;
  rows?: number;
  onChange: (v: string) => void;
}

function Box({ label, value, hint, wrong, secret, rows, onChange }: BoxProps) {
  const id = useId();
  const same = {
    id,
    className: 'input',
    value,
    placeholder: hint,
    'aria-invalid': !!wrong,
    autoComplete: secret ? 'new-password' : 'off',
  };
  return (
    <label className="labelled" htmlFor={id}>
      <span>{label}</span>
      {rows ? (
        <textarea {...same} rows={rows} spellCheck={false} onChange={(e) => onChange(e.target.value)} />
      ) : (
        <input {...same} type={secret ? 'password' : 'text'} onChange={(e) => onChange(e.target.value)} />
      )}
      {wrong && <span className="wrong">{wrong}</span>}
    </label>
  );
}
