import { useParams } from '@tanstack/react-router';
import { lazy } from 'react';
import { ListPage } from '@/data/ListPage';
import { useMeta } from '@/meta/meta';
import { Missing } from './errors';
import { ModuleOff } from './ModuleOff';

const RecordPage = lazy(() => import('@/data/RecordPage'));
const FormPage = lazy(() => import('@/data/FormPage'));
const ImportPage = lazy(() => import('@/data/ImportPage'));

const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

// Records is every address of a record: /sales/orders lists, /sales/orders/new makes one, /sales/orders/import takes many from a table, /sales/orders/<id> shows one, …/edit changes it.
export default function Records() {
  const { _splat = '' } = useParams({ strict: false }) as { _splat?: string };
  const meta = useMeta();
  const parts = _splat.split('/').filter(Boolean);
  for (const n of [2, 1]) {
    const entity = meta.at(parts.slice(0, n).join('/'));
    if (!entity) continue;
    const [id, mode] = parts.slice(n);
    if (!id) return <ListPage key={entity.name} entity={entity} />;
    if (id === 'new' && entity.create && !mode) return <FormPage key={entity.name} entity={entity} />;
    if (id === 'import' && entity.import && !mode) return <ImportPage key={entity.name} entity={entity} />;
    if (uuid.test(id) && mode === 'edit') return <FormPage key={id} entity={entity} id={id} />;
    if (uuid.test(id) && !mode) return <RecordPage key={id} entity={entity} id={id} />;
  }
  return parts.length === 2 ? <ModuleOff module={parts[0] ?? ''} /> : <Missing />;
}
