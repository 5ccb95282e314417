import { Button } from 'antd';
import { Parentheses, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entity } from '@/meta/types';
import { Pop } from '@/ui/Pop';
import { IconButton } from '@/ui/parts';
import { FilterField, filterField, filterFields, firstOf, Shown, whole } from './FilterField';
import { conditionsOf, countOf, type Group, isGroup, maxLevels, maxNodes, type Node, parseGroup, printGroup } from './group';
import './filtergroup.css';

// GroupChip shows the conditions that are joined by and and or, and lets people change them.
export function GroupChip({ entity, value, onChange }: { entity: Entity; value: string; onChange: (v: string) => void }) {
  const { t } = useTranslation();
  const group = parseGroup(value);
  const form = (close: () => void) => (
    <GroupForm
      entity={entity}
      start={group ?? { join: 'or', nodes: [firstOf(filterFields(entity)[0]), firstOf(filterFields(entity)[0])] }}
      onDone={(g) => {
        onChange(printGroup(g));
        close();
      }}
    />
  );
  const pop = { label: t('group.title'), side: 'start' as const, wide: true };
  if (!value)
    return (
      <Pop
        {...pop}
        trigger={(open, toggle) => (
          <button type="button" className="tool" aria-expanded={open} onClick={toggle} title={t('group.hint')}>
            <Parentheses size={14} aria-hidden="true" />
            {t('group.add')}
          </button>
        )}
      >
        {form}
      </Pop>
    );
  return (
    <span className="filter-chip group-chip">
      <Pop
        {...pop}
        trigger={(open, toggle) => (
          <button type="button" aria-expanded={open} onClick={toggle}>
            {group ? <Words entity={entity} group={group} /> : t('group.broken')}
          </button>
        )}
      >
        {form}
      </Pop>
      <button type="button" aria-label={t('group.remove')} onClick={() => onChange('')}>
        <X size={12} />
      </button>
    </span>
  );
}

// Words reads a group aloud: conditions with their and and or, groups in brackets.
function Words({ entity, group, inner }: { entity: Entity; group: Group; inner?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="group-words">
      {inner && <span className="muted">(</span>}
      {group.nodes.map((n, i) => {
        const field = isGroup(n) ? undefined : filterField(entity, n.field);
        return (
          <span key={i} className="group-words">
            {i > 0 && <b className="group-join">{t(`group.${group.join}`)}</b>}
            {isGroup(n) ? (
              <Words entity={entity} group={n} inner />
            ) : (
              <>
                <span className="muted">{field?.label ?? n.field}</span>
                <span className="muted">{t(`op.${n.op}`)}</span>
                {field ? <Shown field={field} filter={n} /> : n.value}
              </>
            )}
          </span>
        );
      })}
      {inner && <span className="muted">)</span>}
    </span>
  );
}

function GroupForm({ entity, start, onDone }: { entity: Entity; start: Group; onDone: (g: Group | undefined) => void }) {
  const { t } = useTranslation();
  const [group, setGroup] = useState(start);
  const full = countOf(group) + 1 >= maxNodes;
  const filled: Group = fill(entity, group);
  const open = conditionsOf(filled).some((f) => f.value === '');
  return (
    <form
      className="group-form"
      onSubmit={(e) => {
        e.preventDefault();
        if (!open) onDone(filled);
      }}
    >
      <GroupBox entity={entity} group={group} level={1} full={full} onChange={(g) => setGroup(g ?? { join: 'and', nodes: [] })} />
      <footer>
        <span className="muted">{open ? t('group.open') : t('group.levels', { n: maxLevels })}</span>
        <span className="grow" />
        <Button type="primary" size="small" htmlType="submit" disabled={open}>
          {t('filter.apply')}
        </Button>
      </footer>
    </form>
  );
}

const fill = (entity: Entity, g: Group): Group => ({
  ...g,
  nodes: g.nodes.map((n) => {
    if (isGroup(n)) return fill(entity, n);
    const field = filterField(entity, n.field);
    return field ? whole(field, n) : n;
  }),
});

interface GroupBoxProps {
  entity: Entity;
  group: Group;
  level: number;
  full: boolean;
  onChange: (g: Group | undefined) => void;
}

function GroupBox({ entity, group, level, full, onChange }: GroupBoxProps) {
  const { t } = useTranslation();
  const put = (i: number, n: Node | undefined) =>
    onChange({ ...group, nodes: n ? group.nodes.with(i, n) : group.nodes.toSpliced(i, 1) });
  const add = (n: Node) => onChange({ ...group, nodes: [...group.nodes, n] });
  const fresh = () => firstOf(filterFields(entity)[0]);
  return (
    <fieldset className="group-box">
      <legend className="sr">{t('group.level', { n: level })}</legend>
      <div className="segments" role="group" aria-label={t('group.join')}>
        {(['and', 'or'] as const).map((join) => (
          <button key={join} type="button" aria-pressed={group.join === join} onClick={() => onChange({ ...group, join })}>
            {t(`group.${join}_all`)}
          </button>
        ))}
      </div>
      {group.nodes.map((n, i) =>
        isGroup(n) ? (
          <GroupBox
            key={i}
            entity={entity}
            group={n}
            level={level + 1}
            full={full}
            onChange={(g) => put(i, g?.nodes.length ? g : undefined)}
          />
        ) : (
          <div key={i} className="group-row">
            <FilterField entity={entity} value={n} onChange={(f) => put(i, f)} />
            <IconButton icon={X} label={t('group.drop')} onClick={() => put(i, undefined)} />
          </div>
        ),
      )}
      <div className="group-more">
        <button type="button" className="tool" disabled={full} onClick={() => add(fresh())}>
          <Plus size={14} aria-hidden="true" />
          {t('group.condition')}
        </button>
        {level < maxLevels && (
          <button
            type="button"
            className="tool"
            disabled={full}
            onClick={() => add({ join: group.join === 'and' ? 'or' : 'and', nodes: [fresh(), fresh()] })}
          >
            <Parentheses size={14} aria-hidden="true" />
            {t('group.group')}
          </button>
        )}
      </div>
    </fieldset>
  );
}
