import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { Pencil, Power, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/http';
import { useMe } from '@/api/me';
import { isProblem } from '@/api/problem';
import { useChange, useGrowing } from '@/api/records';
import { More } from '@/data/More';
import { Sheet } from '@/data/Sheet';
import { lang } from '@/i18n';
import { fieldOf, useMeta } from '@/meta/meta';
import type { Entity, Row } from '@/meta/types';
import { Value } from '@/meta/Value';
import { listed } from '@/ui/format';
import { Page } from '@/ui/Page';
import { Avatar, IconButton, Skeleton, State } from '@/ui/parts';
import { say } from '@/ui/talk';
import { Member } from './Member';
import './admin.css';

// Users are the people of the company, with the roles that say what they may do.
export default function Users() {
  const entity = useMeta().named('user');
  return entity ? <People entity={entity} /> : null;
}

function People({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const me = useMe();
  const list = useGrowing('users', { sort: '-active,name' });
  const roles =
    useQuery({ queryKey: ['roles', lang()], queryFn: () => get<{ data: { name: string; label: string }[] }>('roles') }).data
      ?.data ?? [];
  const change = useChange(entity);
  const [open, setOpen] = useState<Row | 'new'>();
  const label = (r: string) => roles.find((x) => x.name === r)?.label ?? r;
  const manages = entity.create && !!entity.edit;
  const flip = (u: Row) =>
    change.mutate(
      { id: u.id, version: u.version, values: { active: !u.active } },
      { onError: (e) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e)) },
    );
  const [email, team] = [fieldOf(entity, 'email'), fieldOf(entity, 'team_id')];
  const columns = [
    { key: 'name', label: fieldOf(entity, 'name')?.label },
    { key: 'email', label: t('admin:user.email') },
    { key: 'roles', label: t('admin:user.roles') },
    ...(team ? [{ key: 'team', label: team.label }] : []),
    { key: 'active', label: fieldOf(entity, 'active')?.label },
    ...(manages ? [{ key: 'do', label: '' }] : []),
  ];
  return (
    <Page
      title={t('admin:users')}
      beside={list.data && <span className="muted">{t('list.count', { n: list.total ?? list.rows.length })}</span>}
      actions={
        manages && (
          <Button type="primary" icon={<UserPlus size={15} />} onClick={() => setOpen('new')}>
            {t('admin:user.add')}
          </Button>
        )
      }
      padded
    >
      {!list.data ? (
        <Skeleton rows={8} />
      ) : (
        <section className="card admin-list">
          <Sheet
            label={t('admin:users')}
            columns={columns}
            rows={list.rows}
            cell={(key, u) => {
              if (key === 'name')
                return (
                  <Link className="person" to={`/users/${u.id}` as '/'}>
                    <Avatar name={String(u.name)} />
                    {String(u.name)}
                    {u.id === me?.id && <span className="muted">{t('admin:user.me')}</span>}
                  </Link>
                );
              if (key === 'email') return email && <Value field={email} row={u} />;
              if (key === 'roles')
                return (
                  listed(((u.roles as string[]) ?? []).map(label)) || <span className="muted">{t('admin:user.no_roles')}</span>
                );
              if (key === 'team') return team && <Value field={team} row={u} link />;
              if (key === 'active')
                return (
                  <State tone={u.active ? 'green' : 'gray'}>{t(u.active ? 'admin:user.active' : 'admin:user.inactive')}</State>
                );
              return (
                <>
                  <IconButton icon={Pencil} label={t('admin:user.edit', { name: u.name })} onClick={() => setOpen(u)} />
                  {u.id !== me?.id && (
                    <IconButton
                      icon={Power}
                      label={t(u.active ? 'admin:user.stop' : 'admin:user.start', { name: u.name })}
                      onClick={() => flip(u)}
                    />
                  )}
                </>
              );
            }}
          />
          <More list={list} />
        </section>
      )}
      {open && (
        <Member entity={entity} row={open === 'new' ? undefined : open} roles={roles} onClose={() => setOpen(undefined)} />
      )}
    </Page>
  );
}
