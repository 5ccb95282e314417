import { useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '@/api/http';
import { isProblem, type Problem } from '@/api/problem';
import { newKey, settled, useChange } from '@/api/records';
import { Mistakes } from '@/data/Mistakes';
import { fieldOf } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { useOnce } from '@/ui/once';
import { say } from '@/ui/talk';

interface MemberProps {
  entity: Entity;
  row?: Row; // without one, somebody new
  roles: { name: string; label: string }[];
  onClose: () => void;
}

// Member adds a person with a login, or changes what somebody may do.
export function Member({ entity, row, roles, onClose }: MemberProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const change = useChange(entity);
  const [values, setValues] = useState({
    name: String(row?.name ?? ''),
    email: String(row?.email ?? ''),
    password: '',
    locale: String(row?.locale ?? 'zh-CN'),
  });
  const [chosen, setChosen] = useState<string[]>((row?.roles as string[]) ?? []);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const set = (name: string, v: string) => setValues({ ...values, [name]: v });
  const save = useOnce(async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { password, ...rest } = values;
      if (row) await change.mutateAsync({ id: row.id, version: row.version, values: { roles: chosen } });
      else {
        await post('users', { ...rest, roles: chosen, ...(password ? { password } : {}) }, { key: key.current });
        say.success(t('admin:user.added', { name: values.name }));
        void settled(client, 'users');
      }
      onClose();
    } catch (e) {
      if (!isProblem(e)) throw e;
      key.current = newKey();
      setProblem(e);
      setBusy(false);
    }
  });
  const box = (name: 'name' | 'email' | 'password', type: string, more: object = {}) => (
    <label className="labelled">
      <span>{t(`admin:user.${name}`)}</span>
      <input
        className="input"
        type={type}
        value={values[name]}
        aria-invalid={!!problem?.at(name)}
        onChange={(e) => set(name, e.target.value)}
        {...more}
      />
      {problem?.at(name) && <span className="wrong">{problem.at(name)}</span>}
    </label>
  );
  const languages = fieldOf(entity, 'locale')?.options ?? [];
  return (
    <Modal
      open
      title={row ? t('admin:user.edit', { name: row.name }) : t('admin:user.add')}
      okText={t('save')}
      cancelText={t('cancel')}
      okButtonProps={{ loading: busy, disabled: !row && (!values.name.trim() || !values.email.trim()) }}
      onOk={() => void save()}
      onCancel={onClose}
    >
      <div className="stack">
        {problem && <Mistakes problem={problem} />}
        {!row && (
          <>
            {box('name', 'text', { autoFocus: true })}
            {box('email', 'email', { autoComplete: 'off' })}
            {box('password', 'password', { autoComplete: 'new-password' })}
            <span className="muted note">{t('admin:user.password_hint')}</span>
            <div className="segments" role="group" aria-label={t('admin:user.language')}>
              {languages.map((o) => (
                <button
                  key={o.value}
                  type="button"
                  aria-pressed={values.locale === o.value}
                  onClick={() => set('locale', o.value)}
                >
                  {o.label}
                </button>
              ))}
            </div>
          </>
        )}
        <fieldset className="role-checks">
          <legend>{t('admin:user.roles')}</legend>
          {roles.map((r) => (
            <label key={r.name} className="item">
              <input
                type="checkbox"
                className="check"
                checked={chosen.includes(r.name)}
                onChange={() => setChosen(chosen.includes(r.name) ? chosen.filter((x) => x !== r.name) : [...chosen, r.name])}
              />
              {r.label}
            </label>
          ))}
        </fieldset>
      </div>
    </Modal>
  );
}
