import { Button } from 'antd';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { actionsFor } from '@/meta/access';
import type { Action, Entity, Row } from '@/meta/types';
import { Pop } from '@/ui/Pop';
import { ActionDialog } from './ActionDialog';
import { all, type DialogProps } from './feature';

const undoing = /^(cancel|reject|lose|void|disqualify|reverse|withdraw|close)$/;

// ActionBar offers what a record's state allows: the first step forward as the main button, the others beside it.
export function ActionBar({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<Action>();
  const actions = actionsFor(entity, row).sort((a, b) => Number(undoing.test(a.name)) - Number(undoing.test(b.name)));
  const [main, second, ...rest] = actions;
  const button = (a: Action | undefined, type: 'primary' | 'default') =>
    a && (
      <Button key={a.name} type={undoing.test(a.name) ? 'default' : type} onClick={() => setDoing(a)}>
        {a.label}
      </Button>
    );
  return (
    <>
      {button(main, 'primary')}
      {button(second, 'default')}
      {rest.length > 0 && (
        <Pop
          label={t('record.actions')}
          trigger={(open, toggle) => (
            <Button aria-expanded={open} onClick={toggle}>
              {t('record.actions')}
            </Button>
          )}
        >
          {(close) =>
            rest.map((a) => (
              <button
                key={a.name}
                type="button"
                className="item"
                onClick={() => {
                  close();
                  setDoing(a);
                }}
              >
                {a.label}
              </button>
            ))
          }
        </Pop>
      )}
      {doing && <Doing entity={entity} row={row} action={doing} onClose={() => setDoing(undefined)} />}
    </>
  );
}

// Doing is the dialog of an action: its module's own, or the one that fits all.
export function Doing(p: DialogProps) {
  const own = all('dialogs').find((d) => d.entity === p.entity.name && d.action === p.action.name);
  const Own = useMemo(() => own && lazy(own.load), [own]);
  if (!Own) return <ActionDialog {...p} />;
  return (
    <Suspense fallback={null}>
      <Own {...p} />
    </Suspense>
  );
}
