import { useQuery, useQueryClient } from '@tanstack/react-query';
import { company } from '@/ui/format';
import { call, session } from './http';
import { forgetAll } from './titles';

// Me is who is logged in, where, and what is switched on there.
export interface Me {
  id: string;
  name: string;
  email: string;
  roles: string[];
  locale: string;
  csrf_token: string;
  verified: boolean;
  tenant: { id: string; name: string; address: string; currency: string; zone: string; state: string };
  modules: string[];
  billing?: {
    state: string;
    edition: string;
    operator: boolean;
    banner: { level: 'info' | 'warning' | 'danger'; reason: string; text: string } | null;
  };
}

export interface Workspace {
  id: string;
  name: string;
  current: boolean;
}

export const meQuery = {
  queryKey: ['me'],
  queryFn: async () => {
    const { data } = await call<Me>('GET', 'me', { outside: true });
    session.csrf = data.csrf_token;
    Object.assign(company, { currency: data.tenant.currency, zone: data.tenant.zone });
    return data;
  },
  staleTime: 5 * 60_000,
  retry: false as const,
};

export const useMe = () => useQuery(meQuery).data;

interface Entered {
  csrf_token: string;
}

export interface Login {
  email: string;
  password: string;
  workspace?: string;
}

export interface Signup {
  company: string;
  name: string;
  email?: string;
  password?: string;
  proven?: string; // by an identity provider, in place of the two
  address?: string;
  terms?: string;
  data?: 'sample' | 'empty';
  modules?: string[];
  proof?: string;
  locale: string;
  zone: string;
}

async function enter(path: 'login' | 'signup', body: Login | Signup) {
  const { data } = await call<Entered>('POST', path, { body, outside: true });
  session.csrf = data.csrf_token;
}

export const logIn = (body: Login) => enter('login', body);
export const signUp = (body: Signup) => enter('signup', body);

// useLeave ends the session, or moves to another workspace: nothing of this one may stay in memory.
export function useLeave() {
  const client = useQueryClient();
  const clear = () => {
    client.clear();
    forgetAll();
  };
  return {
    logOut: async () => {
      const left = await call<{ url?: string } | undefined>('POST', 'logout', { outside: true }).catch(() => undefined);
      session.csrf = '';
      clear();
      if (left?.data?.url) window.location.assign(left.data.url); // a single sign-on ends at its provider too
    },
    switchTo: async (workspace: string) => {
      const { data } = await call<Entered>('POST', 'switch', { body: { workspace } });
      session.csrf = data.csrf_token;
      clear();
    },
  };
}
