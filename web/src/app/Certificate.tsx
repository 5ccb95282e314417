import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { call, url } from '@/api/http';
import { listed, time } from '@/ui/format';
import { Outside } from './Outside';
import '@/data/record.css';

interface Signed {
  company: string;
  asked_at: string;
  destroyed_at: string;
  consents: { name: string }[];
  tried: unknown[];
  elsewhere?: string[];
  public_key: string;
}

// Certificate shows that a company's key was destroyed, to whoever has its address: nobody can log in to that company any more.
export default function Certificate() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id?: string };
  const one = useQuery({
    queryKey: ['certificate', id],
    queryFn: async () => (await call<Signed>('GET', `certificates/${id}`, { outside: true })).data,
    retry: false,
  });
  const c = one.data;
  return (
    <Outside
      title={t('erasure:certificate.title')}
      hint={t('erasure:certificate.hint')}
      foot={<Link to={'/login' as '/'}>{t('erasure:certificate.home')}</Link>}
    >
      {one.isError ? (
        <p className="wrong" role="alert">
          {one.error.message}
        </p>
      ) : !c ? (
        <p className="muted">{t('erasure:certificate.wait')}</p>
      ) : (
        <div className="stack">
          <dl className="facts">
            <Fact label={t('erasure:certificate.company')}>{c.company}</Fact>
            <Fact label={t('erasure:certificate.asked')}>{time(c.asked_at)}</Fact>
            <Fact label={t('erasure:certificate.destroyed')}>{time(c.destroyed_at)}</Fact>
            <Fact label={t('erasure:certificate.consents')}>{listed(c.consents.map((x) => x.name))}</Fact>
            <Fact label={t('erasure:certificate.tried')}>{t('erasure:certificate.tried_n', { n: c.tried.length })}</Fact>
            {!!c.elsewhere?.length && <Fact label={t('erasure:certificate.elsewhere')}>{listed(c.elsewhere)}</Fact>}
            <Fact label={t('erasure:certificate.key')}>
              <code className="secret">{c.public_key}</code>
            </Fact>
          </dl>
          <a className="certificate-get" href={url(`certificates/${id}`)} download={`certificate-${id}.json`}>
            <Download size={14} aria-hidden="true" /> {t('erasure:certificate.download')}
          </a>
          <span className="muted note">{t('erasure:certificate.verify')}</span>
        </div>
      )}
    </Outside>
  );
}

const Fact = ({ label, children }: { label: string; children: React.ReactNode }) => (
  <div className="fact">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
