import { Button, Modal } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '@/api/me';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, useAct } from '@/api/records';
import { FieldBox } from '@/data/FieldBox';
import { Mistakes } from '@/data/Mistakes';
import { typeOf } from '@/meta/kinds';
import { useMeta } from '@/meta/meta';
import type { Entity, Field, Row } from '@/meta/types';
import { useOnce } from '@/ui/once';
import { say } from '@/ui/talk';

interface DecideProps {
  row: Row;
  me: Me;
  mine: boolean;
  hash?: string; // of what was shown
  comment: string;
  onComment: (v: string) => void;
  refused: boolean;
  again: () => void;
  onDone: (id: string) => void;
}

type How = 'reject' | 'return' | 'delegate';
const told = { reject: 'rejected', return: 'returned', delegate: 'delegated' } as const;

// agreement is what is sent with a yes.
export const agreement = (row: Row, comment: string) => ({
  content_hash: row.content_hash,
  ...(comment ? { comment } : {}),
});

// Decide stands below a request, where the thumb is. What was shown is what an approval does: if it has changed since, it is shown again.
export function Decide(p: DecideProps) {
  const { t } = useTranslation();
  const approval = useMeta().named('approval');
  const offers = (name: string) => approval?.actions?.some((a) => a.name === name);
  if (!approval) return null;
  if (p.mine && offers('approve')) return <Bar {...p} approval={approval} />;
  if (p.row.status === 'pending' && p.row.requested_by === p.me.id && offers('withdraw'))
    return (
      <footer className="decide">
        <Act {...p} approval={approval} action="withdraw" label={t('approvals:withdraw')} />
      </footer>
    );
  return null;
}

function Act({ row, approval, action, label, onDone }: DecideProps & { approval: Entity; action: string; label: string }) {
  const { t } = useTranslation();
  const act = useAct(approval);
  const run = () =>
    act.mutateAsync({ id: row.id, action, key: newKey() }).then(
      () => {
        say.success(t('approvals:withdrawn', { title: row.record_title }));
        onDone(row.id);
      },
      (e) => say.error(isProblem(e) ? e.message : String(e)),
    );
  return (
    <Button block size="large" loading={act.isPending} onClick={() => void run()}>
      {label}
    </Button>
  );
}

function Bar({ row, approval, hash, comment, onComment, refused, again, onDone }: DecideProps & { approval: Entity }) {
  const { t } = useTranslation();
  const [how, setHow] = useState<How>();
  const [problem, setProblem] = useState<Problem>();
  const key = useRef(newKey());
  const act = useAct(approval);
  const approve = useOnce(async () => {
    setProblem(undefined);
    try {
      const input = agreement(row, comment.trim());
      const done = await act.mutateAsync({ id: row.id, action: 'approve', input, key: key.current, preview: hash });
      const status = String(done.row.status);
      if (status === 'void') say.warning(t('approvals:voided'));
      else say.success(status === 'pending' ? t('approvals:agreed') : t('approvals:approved', { title: row.record_title }));
      onDone(row.id);
    } catch (e) {
      if (!isProblem(e)) throw e;
      key.current = newKey();
      setProblem(e);
      if (e.reason === 'preview.changed') {
        say.warning(t('approvals:since'));
        again();
      }
    }
  });
  return (
    <footer className="decide">
      {problem && <Mistakes problem={problem} />}
      <input
        className="input"
        aria-label={t('approvals:comment')}
        placeholder={t('approvals:comment')}
        maxLength={2000}
        value={comment}
        onChange={(e) => onComment(e.target.value)}
      />
      <div className="decide-buttons">
        <Button size="large" onClick={() => setHow('delegate')}>
          {t('approvals:delegate')}
        </Button>
        <Button size="large" onClick={() => setHow('return')}>
          {t('approvals:return')}
        </Button>
        <Button size="large" danger onClick={() => setHow('reject')}>
          {t('approvals:reject')}
        </Button>
        <Button size="large" type="primary" loading={act.isPending} disabled={refused || !hash} onClick={() => void approve()}>
          {t('approvals:approve')}
        </Button>
      </div>
      {how && (
        <Otherwise row={row} approval={approval} how={how} said={comment} onClose={() => setHow(undefined)} onDone={onDone} />
      )}
    </footer>
  );
}

interface OtherwiseProps {
  row: Row;
  approval: Entity;
  how: How;
  said: string;
  onClose: () => void;
  onDone: (id: string) => void;
}

// Otherwise asks for what a refusal or a handover needs.
function Otherwise({ row, approval, how, said, onClose, onDone }: OtherwiseProps) {
  const { t } = useTranslation();
  const [comment, setComment] = useState(said);
  const [to, setTo] = useState<unknown>(null);
  const [problem, setProblem] = useState<Problem>();
  const act = useAct(approval);
  const person: Field = {
    name: 'to',
    label: t('approvals:to'),
    kind: 'id',
    ref: 'user',
    class: 'basic',
    edit: true,
    required: true,
  };
  const Who = typeOf(person).Input;
  const run = async () => {
    try {
      const input = how === 'delegate' ? { to } : { comment: comment.trim() };
      await act.mutateAsync({ id: row.id, action: how, input, key: newKey() });
      say.success(t(`approvals:${told[how]}`, { title: row.record_title }));
      onClose();
      onDone(row.id);
    } catch (e) {
      if (!isProblem(e)) throw e;
      setProblem(e);
    }
  };
  return (
    <Modal
      open
      title={t(`approvals:${how}_title`, { title: row.record_title })}
      okText={t(`approvals:${how}`)}
      cancelText={t('cancel')}
      okButtonProps={{ danger: how === 'reject', loading: act.isPending, disabled: how === 'delegate' && !to }}
      onOk={() => void run()}
      onCancel={onClose}
    >
      <div className="stack">
        <p className="muted">{t(`approvals:${how}_hint`)}</p>
        {problem && <Mistakes problem={problem} />}
        {how === 'delegate' ? (
          <FieldBox field={person} path="to" problem={problem}>
            {(id, invalid) => <Who field={person} id={id} invalid={invalid} value={to} onChange={setTo} />}
          </FieldBox>
        ) : (
          <label className="labelled">
            <span>{t('approvals:why')}</span>
            <textarea
              className="input"
              rows={3}
              autoFocus
              maxLength={2000}
              value={comment}
              onChange={(e) => setComment(e.target.value)}
            />
          </label>
        )}
      </div>
    </Modal>
  );
}
