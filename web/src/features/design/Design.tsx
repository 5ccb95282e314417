import { Button } from 'antd';
import { Inbox, Mail, Pencil } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Sheet } from '@/data/Sheet';
import { typeOf } from '@/meta/kinds';
import type { Field, Kind } from '@/meta/types';
import { money, shortMoney } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Avatar, Bar, Denied, Empty, IconButton, Skeleton, State, Tabs, type Tone } from '@/ui/parts';
import './design.css';

const colours = [
  ['brand', 'brand-fill', 'accent', 'violet'],
  ['ink', 'ink2', 'ink3'],
  ['canvas', 'card', 'hover', 'selected'],
  ['line', 'control'],
  ['good', 'warn', 'bad'],
  ['good-soft', 'warn-soft', 'bad-soft', 'info-soft'],
];
const tones: Tone[] = ['gray', 'blue', 'green', 'amber', 'red'];
const kinds: [Kind, unknown, Partial<Field>?][] = [
  ['text', 'Palletizer M-100'],
  ['amount', '1234567.80', { total: true }],
  ['quantity', '12.5'],
  ['price', '260000'],
  ['percent', '13'],
  ['int', 42],
  ['date', '2027-03-31'],
  ['bool', true],
  [
    'text',
    'draft',
    {
      options: [
        { value: 'draft', label: 'Draft' },
        { value: 'done', label: 'Done' },
      ],
    },
  ],
];

// Design shows every token and part beside each other, so that what does not fit is seen.
export default function Design() {
  const { t } = useTranslation();
  const [tab, setTab] = useState('one');
  return (
    <Page title={t('design:title')} padded>
      <div className="design">
        <Part title={t('design:colours')}>
          {colours.map((row) => (
            <div key={row[0]} className="design-row">
              {row.map((name) => (
                <span key={name} className="design-colour">
                  <i style={{ background: `var(--${name})` }} />
                  --{name}
                </span>
              ))}
            </div>
          ))}
        </Part>
        <Part title={t('design:type')}>
          <b className="design-kpi num">{shortMoney('12345678.90')}</b>
          <b className="design-title">{t('design:title')}</b>
          <span>
            {t('design:sample')} <span className="num">{money('1234567.80')}</span>
          </span>
          <span className="muted">{t('design:sample')}</span>
          <a href="#main">{t('design:sample')}</a>
          <span className="wrong">{t('design:sample')}</span>
        </Part>
        <Part title={t('design:states')}>
          <div className="design-row">
            {tones.map((x) => (
              <State key={x} tone={x}>
                {x}
              </State>
            ))}
            <Denied />
            <Avatar name="Ann Lee" />
          </div>
          {tones.slice(1, 5).map((x) => (
            <div key={x} className={`notice tone-${x}`}>
              {t('design:sample')}
            </div>
          ))}
          <Bar percent={40} />
        </Part>
        <Part title={t('design:buttons')}>
          <div className="design-row">
            <Button type="primary">{t('design:do')}</Button>
            <Button>{t('design:do')}</Button>
            <Button danger>{t('design:do')}</Button>
            <Button type="primary" loading>
              {t('design:do')}
            </Button>
            <Button disabled>{t('design:do')}</Button>
            <Button size="small" icon={<Mail size={13} />}>
              {t('design:do')}
            </Button>
            <IconButton icon={Pencil} label={t('design:do')} onClick={() => undefined} />
          </div>
          <Tabs
            label={t('design:title')}
            items={['one', 'two', 'three'].map((key) => ({ key, label: t(`design:${key}`) }))}
            value={tab}
            onChange={setTab}
          />
          <div className="segments" role="group" aria-label={t('design:title')}>
            {['one', 'two', 'three'].map((key) => (
              <button key={key} type="button" aria-pressed={tab === key} onClick={() => setTab(key)}>
                {t(`design:${key}`)}
              </button>
            ))}
          </div>
        </Part>
        <Part title={t('design:fields')}>
          {kinds.map(([kind, value, more], i) => (
            <Kinds key={`${kind}${i}`} kind={kind} start={value} more={more} />
          ))}
        </Part>
        <Part title={t('design:table')}>
          <Sheet
            label={t('design:table')}
            columns={[
              { key: 'a', label: t('design:one') },
              { key: 'b', label: t('design:two'), end: true },
            ]}
            rows={[
              { id: '1', a: 'Palletizer M-100', b: money('260000') },
              { id: '2', a: 'Conveyor C-7', b: money('-1250.5') },
            ]}
            cell={(key, r) => r[key as 'a' | 'b']}
            foot={(key) => (key === 'b' ? money('258749.5') : '')}
          />
        </Part>
        <Part title={t('design:nothing')}>
          <Empty icon={Inbox} title={t('design:nothing')} action={<Button>{t('design:do')}</Button>}>
            {t('design:sample')}
          </Empty>
          <Skeleton rows={3} />
        </Part>
      </div>
    </Page>
  );
}

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="card">
    <header>
      <h2>{title}</h2>
    </header>
    <div className="stack body">{children}</div>
  </section>
);

function Kinds({ kind, start, more }: { kind: Kind; start: unknown; more?: Partial<Field> }) {
  const [value, setValue] = useState(start);
  const field: Field = { name: kind, label: kind, kind, class: 'basic', edit: true, ...more };
  const { Cell, Input } = typeOf(field);
  return (
    <div className="design-field">
      <span className="muted">{kind}</span>
      <Input field={field} label={kind} value={value} onChange={setValue} />
      <Cell field={field} value={value} />
    </div>
  );
}
