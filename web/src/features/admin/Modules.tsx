import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { call, get } from '@/api/http';
import { isProblem } from '@/api/problem';
import { lang } from '@/i18n';
import { listed, money } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Skeleton, State } from '@/ui/parts';
import { ask, say } from '@/ui/talk';
import './admin.css';

interface Module {
  name: string;
  label: string;
  about: string;
  state: 'on' | 'off';
  enabled: boolean;
  always: boolean;
  price: string;
  currency: string;
  needs: string[];
  needed_by: string[];
}

// Preview is what a switch would do to the bill.
interface Preview {
  currency: string;
  month_before: string;
  month_after: string;
  this_month_after: string;
}

// together follows what needs one another, through all of it.
function together(all: Module[], start: Module, next: (m: Module) => string[], wanted: boolean): Module[] {
  const out = new Set<Module>();
  const walk = (m: Module) => {
    for (const n of next(m)) {
      const x = all.find((y) => y.name === n);
      if (!x || out.has(x)) continue;
      walk(x);
      if (x.enabled !== wanted) out.add(x);
    }
  };
  walk(start);
  return [...out];
}

// Modules switches on and off what the company uses: what it costs and needs is said before.
export default function Modules() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: ['modules', lang()], queryFn: () => get<{ data: Module[] }>('modules') });
  const all = data?.data ?? [];
  const labels = (list: Module[]) => listed(list.map((m) => m.label));
  const price = (m: Module) =>
    /^0(\.0*)?$/.test(m.price) ? t('admin:module.free') : t('admin:module.price', { price: money(m.price, m.currency) });
  const flip = async (m: Module) => {
    const on = !m.enabled;
    const { data: cost } = await call<Preview>('PUT', 'modules', {
      query: { dry_run: 'true' },
      body: { [on ? 'on' : 'off']: [m.name] },
    });
    const others = together(all, m, (x) => (on ? x.needs : x.needed_by), on);
    const with_ = others.length > 0 && t(on ? 'admin:module.on_with' : 'admin:module.off_with', { list: labels(others) });
    ask({
      title: t(on ? 'admin:module.on_title' : 'admin:module.off_title', { name: m.label }),
      content: (
        <>
          <p>{on ? t('admin:module.on_text', { price: money(m.price, m.currency) }) : t('admin:module.off_text')}</p>
          {with_ && <p>{with_}</p>}
          <p>
            {t('admin:module.month', {
              before: money(cost.month_before, cost.currency),
              after: money(cost.month_after, cost.currency),
            })}
          </p>
          <p className="muted">{t('admin:module.days', { after: money(cost.this_month_after, cost.currency) })}</p>
        </>
      ),
      okText: t(on ? 'admin:module.turn_on' : 'admin:module.turn_off'),
      okButtonProps: { danger: !on },
      onOk: async () => {
        try {
          await call('PUT', 'modules', { body: { [on ? 'on' : 'off']: [...others, m].map((x) => x.name) } });
          say.success(t('admin:module.done'));
          await client.invalidateQueries();
        } catch (e) {
          say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));
        }
      },
    });
  };
  return (
    <Page title={t('admin:modules')} padded>
      {!data && <Skeleton rows={8} />}
      <ul className="modules-list">
        {all.map((m) => (
          <li key={m.name} className="card module-card">
            <div>
              <h2>{m.label}</h2>
              <State tone={m.enabled ? 'green' : 'gray'}>
                {t(m.always ? 'admin:module.always' : m.enabled ? 'admin:module.on' : 'admin:module.off')}
              </State>
              <span className="grow" />
              {!m.always && (
                <Button
                  size="small"
                  type={m.enabled ? 'default' : 'primary'}
                  onClick={() => void flip(m)}
                  aria-label={t(m.enabled ? 'admin:module.off_title' : 'admin:module.on_title', { name: m.label })}
                >
                  {t(m.enabled ? 'admin:module.turn_off' : 'admin:module.turn_on')}
                </Button>
              )}
            </div>
            <p className="muted">{m.about}</p>
            <b>{price(m)}</b>
            {m.needs.length > 0 && (
              <span className="muted note">
                {t('admin:module.needs', { list: labels(all.filter((x) => m.needs.includes(x.name))) })}
              </span>
            )}
            {m.needed_by.length > 0 && (
              <span className="muted note">
                {t('admin:module.needed_by', { list: labels(all.filter((x) => m.needed_by.includes(x.name))) })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </Page>
  );
}
