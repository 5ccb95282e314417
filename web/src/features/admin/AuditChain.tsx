import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Download, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, url } from '@/api/http';
import { isProblem } from '@/api/problem';
import { useOnce } from '@/ui/once';
import { State } from '@/ui/parts';
import { say } from '@/ui/talk';

interface Chain {
  entries: number;
  open: number;
  signed_up_to: number;
  fingerprint?: string;
  keep_days: number;
}

interface Verified {
  entries: number;
  signed_up_to: number;
  checkpoints: number;
  problem: { kind: string; n: number; detail: string } | null;
}

// AuditChain says how far the audit is closed and signed, verifies it, and gives it as a file.
export function AuditChain() {
  const { t } = useTranslation();
  const [report, setReport] = useState<Verified>();
  const [busy, setBusy] = useState(false);
  const { data } = useQuery({ queryKey: ['audit', 'chain'], queryFn: () => get<Chain>('audit/chain'), refetchInterval: 15_000 });
  const verify = useOnce(async () => {
    setBusy(true);
    try {
      setReport(await get<Verified>('audit/verify'));
    } catch (e) {
      say.error(isProblem(e) ? e.message : String(e));
    } finally {
      setBusy(false);
    }
  });
  if (!data) return null;
  const n = (x: number) => x.toLocaleString('en-US');
  return (
    <section className="card audit-chain" aria-label={t('admin:chain.title')}>
      <ShieldCheck size={16} className="muted" aria-hidden="true" />
      <span>
        {t('admin:chain.state', { entries: n(data.entries), signed: n(data.signed_up_to) })}
        {data.open > 0 && ` · ${t('admin:chain.open', { n: n(data.open) })}`}
        {` · ${data.keep_days ? t('admin:chain.kept', { days: n(data.keep_days) }) : t('admin:chain.forever')}`}
      </span>
      {data.fingerprint && (
        <span className="muted clip" title={data.fingerprint}>
          {t('admin:chain.key', { fingerprint: data.fingerprint.slice(0, 23) })}
        </span>
      )}
      <span className="grow" />
      {report && (
        <span role="status">
          <State tone={report.problem ? 'red' : 'green'}>
            {report.problem
              ? t('admin:chain.broken', { n: n(report.problem.n), detail: report.problem.detail })
              : t('admin:chain.whole', { n: n(report.entries), checkpoints: n(report.checkpoints) })}
          </State>
        </span>
      )}
      <Button size="small" loading={busy} onClick={() => void verify()}>
        {t('admin:chain.verify')}
      </Button>
      <Button size="small" icon={<Download size={13} />} href={url('audit/export')} download>
        {t('admin:chain.export')}
      </Button>
    </section>
  );
}
