import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import './features';
import { all } from '@/data/feature';
import { Failed, Missing } from './errors';
import { Gate, Root } from './Gate';

// The URL of a list is the API's own query: ?status=draft&amount[gte]=1000&sort=-no.
export type Search = Record<string, string | undefined>;

const parseSearch = (s: string): Search => Object.fromEntries(new URLSearchParams(s));
const stringifySearch = (o: Record<string, unknown>) => {
  const p = new URLSearchParams();
  for (const [k, v] of Object.entries(o)) if (typeof v === 'string' && v !== '') p.set(k, v);
  const s = p.toString();
  return s ? `?${s}` : '';
};

const root = createRootRoute({ component: Root, notFoundComponent: Missing, errorComponent: Failed });
const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: Gate });

const outside = (path: string, load: () => Promise<{ default: React.ComponentType }>) =>
  createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: (s: Record<string, unknown>) => s as Search,
    component: lazyRouteComponent(load),
  });
const page = (path: string, load: () => Promise<{ default: React.ComponentType }>) =>
  createRoute({
    getParentRoute: () => inside,
    path,
    validateSearch: (s: Record<string, unknown>) => s as Search,
    component: lazyRouteComponent(load),
    errorComponent: Failed,
  });

const tree = root.addChildren([
  outside('/login', () => import('./Login')),
  outside('/signup', () => import('./Signup')),
  outside('/verify', () => import('./Verify')),
  outside('/invitation', () => import('./Invitation')),
  outside('/forgot', () => import('./Forgot')),
  outside('/reset', () => import('./Reset')),
  outside('/certificate/$id', () => import('./Certificate')),
  inside.addChildren([
    page('/', () => import('./Home')),
    ...all('pages').map((p) => page(p.path, p.load)),
    page('$', () => import('./Records')), // every record of every module
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
