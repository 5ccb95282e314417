import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { Credentials, type CredentialsProps } from './Credentials';

export default function ReloginDialog({ email, onSubmit }: Pick<CredentialsProps, 'email' | 'onSubmit'>) {
  const { t } = useTranslation();
  return (
    <Modal open title={t('expired.title')} footer={null} closable={false} keyboard={false} mask={{ closable: false }} width={380}>
      <p className="muted" style={{ marginBottom: 12 }}>
        {t('expired.hint')}
      </p>
      <Credentials email={email} fixed onSubmit={onSubmit} />
    </Modal>
  );
}
