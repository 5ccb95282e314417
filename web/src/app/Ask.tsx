import { Button } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem, type Problem } from '@/api/problem';

export interface Asked {
  name: string;
  label: string;
  type?: string;
  complete?: string;
  value?: string;
  optional?: boolean;
}

// Ask is a short form before a session: fields, what was wrong with each, one button.
export function Ask({
  fields,
  submit,
  onSubmit,
  children,
}: {
  fields: Asked[];
  submit: string;
  onSubmit: (v: Record<string, string>) => Promise<void>;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const f = Object.fromEntries(new FormData(e.currentTarget)) as Record<string, string>;
    setBusy(true);
    setProblem(undefined);
    try {
      await onSubmit(f);
    } catch (x) {
      if (!isProblem(x)) throw x;
      setProblem(x);
    } finally {
      setBusy(false);
    }
  };
  const named = fields.map((f) => f.name);
  const rest = problem && !problem.fields.some((f) => named.includes(f.field)) ? problem : undefined;
  return (
    <form className="stack" onSubmit={(e) => void send(e)}>
      {fields.map((f, i) => {
        const wrong = problem?.at(f.name);
        return (
          <div key={f.name} className="labelled">
            <label htmlFor={`ask-${f.name}`}>{f.label}</label>
            <input
              className="input"
              id={`ask-${f.name}`}
              name={f.name}
              type={f.type ?? 'text'}
              autoComplete={f.complete}
              required={!f.optional}
              defaultValue={f.value}
              autoFocus={i === 0}
              aria-invalid={!!wrong}
              aria-describedby={wrong ? `ask-${f.name}-wrong` : undefined}
            />
            {wrong && (
              <span className="wrong" id={`ask-${f.name}-wrong`} role="alert">
                {wrong}
              </span>
            )}
          </div>
        );
      })}
      {children}
      {rest && (
        <p className="wrong" role="alert">
          {rest.offline ? t('offline.banner') : (rest.fields[0]?.detail ?? rest.message)}
        </p>
      )}
      <Button type="primary" htmlType="submit" loading={busy} block>
        {submit}
      </Button>
    </form>
  );
}
