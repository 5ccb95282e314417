import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { call, session } from '@/api/http';
import { logIn, type Me } from '@/api/me';
import { isProblem } from '@/api/problem';

const ReloginDialog = lazy(() => import('./ReloginDialog'));

// Relogin asks for the password over the page when the session has run out; requests that wait go on afterwards.
export function Relogin({ me }: { me: Me }) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const waiting = useRef<{ done: () => void; promise: Promise<void> } | undefined>(undefined);
  useEffect(() => {
    session.renew = async () => {
      if (waiting.current) return waiting.current.promise;
      try {
        const { data } = await call<Me>('GET', 'me', { outside: true }); // another tab may have logged in already
        session.csrf = data.csrf_token;
        if (data.id !== me.id) location.reload();
        return;
      } catch (e) {
        if (!isProblem(e) || e.status !== 401) throw e;
      }
      let done = () => {};
      const promise = new Promise<void>((resolve) => {
        done = resolve;
      });
      waiting.current = { done, promise };
      setOpen(true);
      return promise;
    };
    return () => {
      session.renew = undefined;
    };
  }, [me.id]);
  if (!open) return null;
  return (
    <Suspense fallback={null}>
      <ReloginDialog
        email={me.email}
        onSubmit={async (c) => {
          await logIn({ ...c, workspace: me.tenant.id });
          setOpen(false);
          waiting.current?.done();
          waiting.current = undefined;
          void client.invalidateQueries();
        }}
      />
    </Suspense>
  );
}
