import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { type Me, meQuery, signUp } from '@/api/me';
import { lang, locale } from '@/i18n';
import { useGo } from '@/ui/go';
import { Ask, type Asked } from './Ask';
import { Outside } from './Outside';
import { work } from './proof';

interface Options {
  modules: { name: string; label: string; about: string; price: string; needs: string[] }[];
  terms: { version: string; url: string; required: boolean };
  proof: { bits: number; puzzle: string | null };
  providers: { name: string; label: string; url: string }[];
  mail: boolean;
}

interface Checked {
  address: string;
  available: boolean;
  detail: string;
}

// Signup opens a company that works at once. Who comes here from a company of theirs opens another, as the person that they are.
export default function Signup() {
  const { t } = useTranslation();
  const go = useGo();
  const client = useQueryClient();
  const { proven } = useSearch({ strict: false }) as { proven?: string };
  const options = useQuery({ queryKey: ['signup', lang()], queryFn: () => get<Options>('signup'), staleTime: 0 }).data;
  const [known] = useState(() => (proven ? undefined : client.getQueryData<Me>(meQuery.queryKey)));
  const [off, setOff] = useState<string[]>([]);
  const [sample, setSample] = useState(false);
  const [address, setAddress] = useState('');
  const checked = useQuery({
    queryKey: ['signup', 'address', address],
    queryFn: () => get<Checked>('signup/address', { address }),
    enabled: address.length > 0,
    retry: false,
  }).data;
  const fields: Asked[] = [
    { name: 'company', label: t('signup.company'), complete: 'organization' },
    ...(known ? [] : [{ name: 'name', label: t('signup.name'), complete: 'name' }]),
    ...(proven || known
      ? []
      : [
          { name: 'email', label: t('signup.email'), type: 'email', complete: 'email' },
          { name: 'password', label: t('signup.password'), type: 'password', complete: 'new-password' },
        ]),
  ];
  const flip = (name: string) => setOff(off.includes(name) ? off.filter((x) => x !== name) : [...off, name]);
  const submit = async (v: Record<string, string>) => {
    const fresh = options?.proof.bits ? await get<Options>('signup') : undefined; // a puzzle counts once
    await signUp({
      company: v.company ?? '',
      name: known?.name ?? v.name ?? '',
      ...(proven ? { proven } : known ? { email: known.email } : { email: v.email, password: v.password }),
      address,
      terms: options?.terms.version,
      data: sample ? 'sample' : 'empty',
      modules: options?.modules.map((m) => m.name).filter((m) => !off.includes(m)),
      proof: fresh?.proof.puzzle ? await work(fresh.proof.puzzle, fresh.proof.bits) : undefined,
      locale: locale(),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    client.clear();
    if (known) return location.assign('/'); // nothing of the company before may stay in memory
    go(options?.mail && !proven ? '/verify' : '/', { replace: true });
  };
  return (
    <Outside
      title={t('signup.title')}
      hint={known ? t('signup.as', { email: known.email }) : t(proven ? 'people:signup.proven' : 'signup.hint')}
      foot={
        <>
          {known ? (
            <Link to="/">{t('signup.back', { company: known.tenant.name })}</Link>
          ) : (
            <>
              {t('signup.have_account')} <Link to={'/login' as '/'}>{t('log_in')}</Link>
            </>
          )}
        </>
      }
    >
      {!proven &&
        !known &&
        options?.providers.map((p) => (
          <a key={p.name} className="provider" href={p.url}>
            {p.label}
          </a>
        ))}
      <Ask fields={fields} submit={t('signup.submit')} onSubmit={submit}>
        <label className="labelled">
          <span>{t('people:signup.address')}</span>
          <input
            className="input"
            autoComplete="off"
            maxLength={40}
            value={address}
            aria-invalid={!!checked && !checked.available}
            onChange={(e) => setAddress(e.target.value.toLowerCase().trim())}
          />
          {checked && (
            <span className={checked.available ? 'muted' : 'wrong'} role="status">
              {checked.available ? t('people:signup.free') : checked.detail}
            </span>
          )}
        </label>
        {options && (
          <details>
            <summary>{t('people:signup.modules')}</summary>
            {options.modules.map((m) => (
              <label key={m.name} className="item" title={m.about}>
                <input type="checkbox" className="check" checked={!off.includes(m.name)} onChange={() => flip(m.name)} />
                {m.label}
              </label>
            ))}
          </details>
        )}
        <div className="segments" role="group" aria-label={t('people:signup.data')}>
          <button type="button" aria-pressed={sample} onClick={() => setSample(true)}>
            {t('people:signup.sample')}
          </button>
          <button type="button" aria-pressed={!sample} onClick={() => setSample(false)}>
            {t('people:signup.empty')}
          </button>
        </div>
        {options && (
          <label className="item">
            <input type="checkbox" className="check" required />
            {t('people:signup.terms', { version: options.terms.version })}
            {options.terms.url && (
              <a href={options.terms.url} target="_blank" rel="noreferrer">
                {t('people:signup.read')}
              </a>
            )}
          </label>
        )}
      </Ask>
    </Outside>
  );
}
