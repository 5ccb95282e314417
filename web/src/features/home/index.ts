import type { Me } from '@/api/me';
import type { Feature } from '@/data/feature';
import type { Meta } from '@/meta/meta';

// A card is shown to those whose day it is, and to whoever runs the company.
const of =
  (...roles: string[]) =>
  (_: Meta, me: Me) =>
    me.roles.some((r) => roles.includes(r) || r === 'owner');
const books = (meta: Meta) => meta.reports.some((r) => r.path === 'finance/cash_forecast');

export default {
  home: [
    {
      key: 'director',
      module: 'sales',
      label: 'home:director',
      roles: ['owner', 'sales_director'],
      shows: of('sales_director'),
      load: () => import('./Director'),
    },
    {
      key: 'salesperson',
      module: 'crm',
      label: 'home:salesperson',
      roles: ['sales'],
      shows: (_, me) => me.roles.includes('sales'),
      load: () => import('./Salesperson'),
    },
    {
      key: 'accountant',
      module: 'finance',
      label: 'home:accountant',
      roles: ['finance'],
      shows: books,
      load: () => import('./Accountant'),
    },
    {
      key: 'manager',
      module: 'projects',
      label: 'home:manager',
      roles: ['project_manager'],
      lists: 'projects.project',
      shows: of('project_manager'),
      load: () => import('./ProjectManager'),
    },
  ],
} satisfies Feature;
