import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, preview, type Tree, useAct } from '@/api/records';
import { typeOf } from '@/meta/kinds';
import { fieldOf, titleOf } from '@/meta/meta';
import type { Action, Entity, Field, Input, Lines, Row } from '@/meta/types';
import { minus } from '@/ui/decimal';
import { Skeleton } from '@/ui/parts';
import { ChooseLine, LineName, linesMeant } from './ChooseLine';
import { ChooseLines } from './ChooseLines';
import { type Line, newLine } from './draft';
import { FieldBox } from './FieldBox';
import { type LineColumn, LineGrid } from './LineGrid';
import { Mistakes } from './Mistakes';
import { Approvers, Preview } from './Outcome';
import './form.css';
import { useOnce } from '@/ui/once';
import { useSettled } from '@/ui/settled';
import { say, tell } from '@/ui/talk';

export interface ActionDialogProps {
  entity: Entity;
  row: Row;
  action: Action;
  onClose: (done?: Row) => void;
  own?: OwnInput; // a module's own way to ask, in place of the fields of the action's input
}

export interface OwnInput {
  input: Record<string, unknown>;
  ready: boolean; // there is something to do
  form: (problem: Problem | undefined) => ReactNode;
}

// inputField describes a member of an action's input as a field: what it points to and its choices are those of the record's own field of that name.
export function inputField(entity: Entity, i: Input): Field {
  const own = fieldOf(entity, i.name) ?? entity.lines?.flatMap((l) => l.fields).find((f) => f.name === i.name);
  const ref = i.ref ?? own?.ref ?? (i.name === 'to' && i.kind === 'id' ? 'user' : undefined);
  return {
    name: i.name,
    label: i.label,
    kind: own?.kind ?? i.kind ?? 'text',
    ref,
    options: own?.options,
    class: 'basic',
    edit: true,
  };
}

const plain = ({ _key, _of, ...rest }: Line) =>
  Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== null && v !== '' && v !== undefined));

const lineIds = new Set(['id', 'line_id', 'material_id', 'order_line_id', 'purchase_line_id']);

// inputLines describes a list in an action's input as lines. Which line of the document one is about goes along unseen.
const inputLines = (entity: Entity, i: Input): Lines => ({
  name: i.name,
  label: i.label,
  fields: (i.items ?? []).filter((x) => !lineIds.has(x.name)).map((x) => inputField(entity, x)),
});

// leadOf names the line of the document that a line of the input is about, where the input itself says nothing of it.
function leadOf(entity: Entity, i: Input, row: Row): LineColumn | undefined {
  if (i.items?.some((x) => x.name === 'product_id' || x.name === 'name')) return undefined;
  const lines = entity.lines?.find((l) => l.name === i.name && row[l.name]) ?? entity.lines?.[0];
  const cell = (line: Line) => (line._of ? <LineName entity={entity} lines={lines?.name ?? ''} line={line._of as Row} /> : null);
  return lines && { key: 'of', label: lines.label, cell };
}

// ofLines tells a list that names lines of the document.
const ofLines = (i: Input) => i.items?.length === 1 && i.items[0]?.name === '' && /^(line_ids|lines)$/.test(i.name);

const left = [
  ['quantity', 'shipped_quantity'],
  ['quantity', 'received_quantity'],
  ['quantity', 'issued_quantity'],
] as const;

// begun fills a list with the document's own lines, with what is still open of them.
function begun(i: Input, row: Row, action: string): Line[] {
  const own = (row[i.name] ?? row.lines ?? row.materials) as Row[] | undefined;
  return (own ?? []).map((l) => {
    const values: Record<string, unknown> = {};
    for (const x of i.items ?? [])
      values[x.name] =
        lineIds.has(x.name) && x.name !== 'order_line_id' && x.name !== 'purchase_line_id' ? l.id : (l[x.name] ?? null);
    const done = left.find(([, d]) => typeof l[d] === 'string')?.[1];
    if (done && action !== 'amend' && typeof l.quantity === 'string') values.quantity = minus(l.quantity, String(l[done]));
    return newLine({ ...values, _of: l });
  });
}

// withChosen shows a choice at once, before the next preview knows it.
const withChosen = (tree: Tree, chosen: Record<string, string>): Tree => ({
  ...tree,
  effects: tree.effects?.map((e) => ('effect' in e ? { ...e, chosen: chosen[e.record_id] } : e)),
});

// ActionDialog asks for what an action needs, shows what it will do, and does it. What was shown is what happens: if it has changed since, it is shown again.
export function ActionDialog({ entity, row, action, onClose, own }: ActionDialogProps) {
  const { t } = useTranslation();
  const asked = own ? [] : (action.input ?? []);
  // bytes are for programs: people give a text, or a file on a page of its own
  const inputs = asked.filter((i) => !i.items && !i.fields && i.name !== 'content_hash' && !i.name.endsWith('_base64'));
  const picked = asked.filter(ofLines); // some of the document's own lines; none: all of them
  const lists = asked.filter((i) => i.items && i.name !== 'choices' && !ofLines(i));
  const decides = !!action.input?.some((i) => i.name === 'choices');
  const [lines, setLines] = useState<Record<string, Line[]>>(() =>
    Object.fromEntries(lists.map((i) => [i.name, begun(i, row, action.name)])),
  );
  const [touched, setTouched] = useState<Set<string>>(new Set()); // a list that is left as it is means: all of it
  // an order that is made is confirmed too, unless one says otherwise
  const [values, setValues] = useState<Record<string, unknown>>(() =>
    Object.fromEntries(inputs.filter((i) => i.name === 'confirm' && i.optional).map((i) => [i.name, true])),
  );
  const [problem, setProblem] = useState<Problem>();
  const [changed, setChanged] = useState<Tree>();
  const [chosen, setChosen] = useState<Record<string, string>>({}); // by document: what becomes of it
  const key = useRef(newKey());
  const shown = useRef<Tree>(undefined); // what was agreed to, before it changed
  const act = useAct(entity);
  const choices = Object.entries(chosen).map(([record_id, choice]) => ({ record_id, choice }));
  const body: Record<string, unknown> = {
    ...(choices.length ? { choices } : {}),
    ...own?.input,
    ...Object.fromEntries(Object.entries(values).filter(([, v]) => v !== null && v !== '')),
    ...Object.fromEntries([...touched].map((n) => [n, (lines[n] ?? []).map(plain)])),
    ...(action.input?.some((i) => i.name === 'content_hash') && typeof row.content_hash === 'string'
      ? { content_hash: row.content_hash }
      : {}),
  };
  const complete = own ? own.ready : true;
  const settled = useSettled(body);
  const typing = JSON.stringify(settled) !== JSON.stringify(body);
  const dry = useQuery({
    queryKey: ['preview', entity.path, row.id, row.version, action.name, settled],
    queryFn: () => preview(entity.path, { id: row.id, action: action.name, input: settled }),
    placeholderData: keepPreviousData,
    enabled: complete,
    staleTime: 0,
    retry: false,
  });
  const seen = useRef<Tree>(undefined);
  if (dry.data) seen.current = dry.data;
  // what was refused can be chosen otherwise, so it stays in sight
  const tree = changed ?? dry.data ?? (choices.length ? seen.current : undefined);
  const unfit = isProblem(dry.error) && dry.error.reason === 'choices.invalid';
  useEffect(() => {
    if (unfit) setChosen({}); // something else is to be decided now
  }, [unfit]);
  const choose = (record: string, choice: string | undefined) => {
    setChanged(undefined);
    setProblem(undefined);
    setChosen((old) => {
      const { [record]: _, ...rest } = old;
      return choice ? { ...rest, [record]: choice } : rest;
    });
  };
  const run = useOnce(async () => {
    setProblem(undefined);
    try {
      const hash = changed?.hash ?? dry.data?.hash;
      const done = await act.mutateAsync({ id: row.id, action: action.name, input: body, key: key.current, preview: hash });
      const waits = tree?.approvals?.[0];
      if (waits) {
        const content = (
          <>
            {waits.label}
            <Approvers steps={waits.steps} />
          </>
        );
        tell({ title: t('action.parked'), content });
      } else
        say.success(done.parked ? t('action.parked') : t('action.done', { action: action.label, title: titleOf(entity, row) }));
      onClose(done.row);
    } catch (e) {
      if (!isProblem(e)) throw e;
      key.current = newKey();
      if (e.reason === 'preview.changed') {
        shown.current = tree;
        setChanged(e.data.preview as Tree);
      }
      setProblem(e);
    }
  });
  // what the trial asks for and nobody has written yet is needed, no mistake
  const asks = isProblem(dry.error) ? dry.error.fields.map((f) => f.field) : [];
  const open = inputs.filter((i) => !i.optional && ['', null, undefined].includes(body[i.name] as string)).map((i) => i.name);
  const lacks = asks.length > 0 && asks.every((f) => open.includes(f)) ? asks : [];
  const needed = useRef(new Set<string>());
  for (const f of lacks) needed.current.add(f);
  const refused = problem ?? (isProblem(dry.error) && lacks.length === 0 ? dry.error : undefined);
  return (
    <Modal
      open
      title={t('action.title', { action: action.label, title: titleOf(entity, row) })}
      onCancel={() => onClose()}
      width={lists.length || own ? 960 : 720}
      className="action-dialog"
      footer={
        <>
          <Button onClick={() => onClose()}>{t('back')}</Button>
          <Button
            type="primary"
            loading={act.isPending || dry.isLoading}
            disabled={!complete || typing || dry.isPlaceholderData || (dry.isError && !problem)}
            onClick={() => void run()}
          >
            {action.label}
          </Button>
        </>
      }
    >
      <div className="stack">
        {own?.form(refused)}
        {inputs.map((i) => {
          const f = inputField(entity, i);
          const { Input: Box } = typeOf(f);
          const own_ = linesMeant(entity, i.name);
          return (
            <FieldBox key={i.name} field={{ ...f, required: needed.current.has(i.name) }} path={i.name} problem={refused}>
              {(id, invalid) =>
                own_ ? (
                  <ChooseLine
                    entity={entity}
                    row={row}
                    lines={own_}
                    id={id}
                    invalid={invalid}
                    value={values[i.name]}
                    onChange={(v) => setValues((old) => ({ ...old, [i.name]: v }))}
                  />
                ) : (
                  <Box
                    field={f}
                    id={id}
                    invalid={invalid}
                    value={values[i.name]}
                    onChange={(v) => setValues((old) => ({ ...old, [i.name]: v }))}
                  />
                )
              }
            </FieldBox>
          );
        })}
        {picked.map((i) => (
          <ChooseLines
            key={i.name}
            label={i.label}
            entity={entity}
            row={row}
            value={(values[i.name] as string[] | undefined) ?? []}
            onChange={(v) => setValues((old) => ({ ...old, [i.name]: v.length ? v : null }))}
          />
        ))}
        {lists.map((i) => (
          <LineGrid
            key={i.name}
            lines={inputLines(entity, i)}
            lead={leadOf(entity, i, row)}
            value={lines[i.name] ?? []}
            currency={typeof row.currency === 'string' ? row.currency : undefined}
            problem={refused}
            onChange={(l) => {
              setLines({ ...lines, [i.name]: l });
              setTouched(new Set(touched).add(i.name));
            }}
          />
        ))}
        {refused && <Mistakes problem={refused} labels={Object.fromEntries(inputs.map((i) => [i.name, i.label]))} />}
        {dry.isLoading && <Skeleton rows={3} />}
        {complete && tree && (
          <Preview tree={withChosen(tree, chosen)} before={changed && shown.current} onChoose={decides ? choose : undefined} />
        )}
      </div>
    </Modal>
  );
}
