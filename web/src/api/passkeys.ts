import { post } from './http';

// The JSON forms of WebAuthn's options and answers: browsers of the last two years read and write them.
interface Ceremony {
  options: { publicKey: Record<string, unknown> };
  ceremony: string;
}

const api = () => (typeof PublicKeyCredential === 'undefined' ? undefined : PublicKeyCredential);

export const passkeysKnown = () => !!api()?.parseRequestOptionsFromJSON && !!navigator.credentials;

// makePasskey has the device make a key for who is logged in.
export async function makePasskey(name: string, password: string) {
  const { options, ceremony } = await post<Ceremony>('passkeys/start', { current_password: password });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey as never);
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  if (!made) return undefined;
  return post<{ csrf_token?: string }>('passkeys', { ceremony, name, credential: made.toJSON() });
}

// logInByPasskey logs in with one; nothing is asked for before.
export async function logInByPasskey() {
  const { options, ceremony } = await post<Ceremony>('login/passkey/start', {}, { outside: true });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey as never);
  const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
  if (!found) return undefined;
  return post<{ csrf_token: string }>('login/passkey', { ceremony, credential: found.toJSON() }, { outside: true });
}
