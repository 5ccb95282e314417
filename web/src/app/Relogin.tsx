import { Modal } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQueryClient } from '@tanstack/react-query';
import { call, session } from '@/api/http';
import { type Me, logIn } from '@/api/me';
import { isProblem } from '@/api/problem';
import { Credentials } from './Credentials';

// Relogin asks for the password over the page when the session has run out; requests that wait go on afterwards.
export function Relogin({ me }: { me: Me }) {
  const { t } = useTranslation();
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
  return (
    <Modal open={open} title={t('expired.title')} footer={null} closable={false} keyboard={false} width={380} destroyOnHidden>
      <p className="muted" style={{ marginBottom: 12 }}>
        {t('expired.hint')}
      </p>
      <Credentials
        email={me.email}
        fixed
        onSubmit={async (c) => {
          await logIn({ ...c, workspace: me.tenant.id });
          setOpen(false);
          waiting.current?.done();
          waiting.current = undefined;
          void client.invalidateQueries();
        }}
      />
    </Modal>
  );
}
