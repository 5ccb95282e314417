import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import './figures.css';

export interface Figure {
  key: string;
  label: string;
  value: string | undefined; // undefined: not known yet
  to: string;
  bad?: boolean; // wants a look
  note?: string;
}

// Figures are the numbers of a card, each the way to what it is made of.
export function Figures({ figures }: { figures: Figure[] }) {
  return (
    <ul className="figures">
      {figures.map((f) => (
        <li key={f.key}>
          <Link to={f.to as '/'}>
            <span className="muted">{f.label}</span>
            <strong className={f.bad ? 'wrong' : undefined}>{f.value ?? '–'}</strong>
            {f.note && <span className="muted note">{f.note}</span>}
          </Link>
        </li>
      ))}
    </ul>
  );
}

export interface Todo {
  key: string;
  label: string;
  n: number | undefined;
  to: string;
  late?: boolean;
}

// Todos is what lies there to be done; what is done is not listed.
export function Todos({ todos }: { todos: Todo[] }) {
  const { t } = useTranslation();
  const open = todos.filter((x) => x.n);
  if (todos.some((x) => x.n === undefined) && open.length === 0) return null;
  if (open.length === 0) return <p className="figures-done muted">{t('home:nothing')}</p>;
  return (
    <ul className="latest">
      {open.map((x) => (
        <li key={x.key}>
          <Link to={x.to as '/'} className="clip grow">
            {x.label}
          </Link>
          <b className={x.late ? 'wrong' : undefined}>{x.n}</b>
        </li>
      ))}
    </ul>
  );
}
