import { Button, Input } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '@/api/http';
import { useMe } from '@/api/me';
import { isProblem, type Problem } from '@/api/problem';
import { Mistakes } from '@/data/Mistakes';
import { Page } from '@/ui/Page';
import { Skeleton, State, Tabs } from '@/ui/parts';
import { say } from '@/ui/talk';
import { Code } from './Code';
import { Difference } from './Difference';
import { Grid } from './Grid';
import { Proving } from './Proving';
import { act, type Check, type Content, tones, useAgain, useBusy, useVersion, type Version } from './versions';

const tabs = ['grid', 'cases', 'rego', 'diff', 'impact', 'replay', 'prover'];

// Draft is one version: written while it is a draft, looked at from all sides, sent to a second person, and published by them.
export function Draft({ id, onBack }: { id: string; onBack: () => void }) {
  const { data } = useVersion(id);
  if (!data?.content) return <Skeleton rows={10} />;
  return <Editor key={`${data.id} ${data.version} ${data.state}`} version={data} content={data.content} onBack={onBack} />;
}

function Editor({ version, content, onBack }: { version: Version; content: Content; onBack: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const again = useAgain();
  const [tab, setTab] = useState('grid');
  const [change, setChange] = useState<Partial<Content> & { title?: string }>({});
  const [problem, setProblem] = useState<Problem>();
  const [check, setCheck] = useState<Check>();
  const now = useMemo(() => ({ ...content, ...change }), [content, change]);
  const writable = version.state === 'draft';
  const dirty = Object.keys(change).length > 0;
  const mine = !!me && version.authors.includes(me.id);
  const edit = (c: typeof change) => setChange({ ...change, ...c });
  const tried = async (work: () => Promise<unknown>) => {
    setProblem(undefined);
    try {
      await work();
      return true;
    } catch (e) {
      if (!isProblem(e)) throw e;
      setProblem(e);
      return false;
    }
  };
  const store = () => call<Version>('PATCH', `policy/versions/${version.id}`, { body: change, version: version.version });
  const [save, saving] = useBusy(async () => {
    if (await tried(store)) {
      say.success(t('policy:saved'));
      await again();
    }
  });
  const [move, moving] = useBusy(async (name: string) => {
    const done = await tried(async () => {
      if (dirty) await store();
      await act(version.id, name);
    });
    if (done) say.success(t(`policy:did.${name}`));
    await again();
  });
  const [run, running] = useBusy(async () => {
    await tried(async () => setCheck(await act<Check>(version.id, 'check', change)));
  });
  const title = change.title ?? version.title;
  return (
    <Page
      title={version.title || t('policy:untitled')}
      back={onBack}
      beside={<State tone={tones[version.state]}>{t(`policy:state.${version.state}`)}</State>}
      actions={
        <>
          {writable && (
            <Button disabled={!dirty} loading={saving} onClick={() => void save()}>
              {t('policy:save')}
            </Button>
          )}
          {writable && (
            <Button type="primary" loading={moving} onClick={() => void move('submit')}>
              {t('policy:submit')}
            </Button>
          )}
          {version.state === 'in_review' && (
            <Button loading={moving} onClick={() => void move('return')}>
              {t('policy:return')}
            </Button>
          )}
          {version.state === 'in_review' && !mine && (
            <Button type="primary" loading={moving} onClick={() => void move('publish')}>
              {t('policy:publish')}
            </Button>
          )}
        </>
      }
      toolbar={
        <Tabs
          label={t('policy:parts')}
          items={tabs.map((key) => ({ key, label: t(`policy:tab.${key}`) }))}
          value={tab}
          onChange={setTab}
        />
      }
      padded
    >
      <div className="studio">
        {problem && <Mistakes problem={problem} />}
        {version.state === 'in_review' && mine && <p className="notice tone-amber">{t('policy:second_person')}</p>}
        {writable && (
          <div className="labelled">
            <span>{t('policy:head.title')}</span>
            <Input
              aria-label={t('policy:head.title')}
              value={title}
              maxLength={200}
              onChange={(e) => edit({ title: e.target.value })}
            />
          </div>
        )}
        {tab === 'grid' && <Grid content={now} readOnly={!writable} onChange={edit} />}
        {(tab === 'rego' || tab === 'cases') && (
          <Code
            key={tab}
            part={tab}
            value={now[tab] ?? ''}
            check={check}
            readOnly={!writable}
            onRun={() => void run()}
            running={running}
            onChange={(text) => edit({ [tab]: text })}
          />
        )}
        {tab === 'diff' && <Difference id={version.id} dirty={dirty} />}
        {(tab === 'impact' || tab === 'replay' || tab === 'prover') && (
          <Proving key={tab} version={version} kind={tab} dirty={dirty} />
        )}
      </div>
    </Page>
  );
}
