// People come in: sign-up with a code by mail, an invitation, a second factor, a lost password, a passkey, and a company's own OpenID provider.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import http from 'node:http';
import { test } from 'node:test';
import Provider from 'oidc-provider';
import { api, clean, mailTo, open, suite } from './harness.mjs';

const s = suite({ host: 'localhost', mail: true, env: { TENON_CALL_INSIDE: '127.0.0.0/8' } });
const secret = 'a-long-secret-of-the-client-42';
const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });
const owner = { email: `fang.${process.pid}@north-wind.test`, password: 'correct-horse-42' };
const linkIn = (mail, to) => new URL(mail.match(new RegExp(`http\\S+/${to}\\?token=\\S+`))[0]);

// totp is the code that an app shows for a secret at this time (RFC 6238).
function totp(secret) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/=+$/, '')].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  const raw = Buffer.from(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const sum = crypto.createHmac('sha1', raw).update(step).digest();
  const code = sum.readUInt32BE(sum[19] & 15) & 0x7fffffff;
  return String(code % 1_000_000).padStart(6, '0');
}

const logIn = async (b, who) => {
  await b.to('/login');
  await b.page.getByLabel('邮箱', { exact: true }).fill(who.email);
  await b.page.getByLabel('密码').fill(who.password);
  await b.page.getByRole('button', { name: '登录', exact: true }).click();
};
const inside = (b) => b.page.locator('#main').waitFor();

test('a company signs up on a phone, proves its address, and invites a colleague who joins', async () => {
  const b = await open(s, { width: 390, touch: true });
  await b.to('/signup');
  await clean(b);
  const field = (label) => b.page.getByLabel(label, { exact: true });
  await field('企业名称').fill('北风机械');
  await field('您的姓名').fill('王芳');
  await field('工作邮箱').fill(owner.email);
  await field('密码').fill(owner.password);
  await b.page.getByLabel('工作区地址').fill('north-wind');
  await b.page.getByText('可用', { exact: true }).waitFor();
  await b.page.getByText('起步模块').click();
  await field('项目').uncheck();
  await b.page.getByLabel(/我接受服务条款/).check();
  await b.page.getByRole('button', { name: '创建并进入' }).click();
  await b.page.waitForURL('**/verify');
  await clean(b);
  const code = (await mailTo(s, owner.email, /验证码是 \d{6}/)).match(/验证码是 (\d{6})/)[1];
  await field('验证码').fill(code === '000000' ? '111111' : '000000');
  await b.page.getByRole('button', { name: '验证', exact: true }).click();
  await b.page.locator('.wrong').first().waitFor();
  await field('验证码').fill(code);
  await b.page.getByRole('button', { name: '验证', exact: true }).click();
  await inside(b);
  const me = await api(b, 'GET', 'me');
  assert.equal(me.verified, true);
  assert.ok(!me.modules.some((m) => (m.name ?? m) === 'projects'), JSON.stringify(me.modules));
  await clean(b);

  await b.to('/invitations/new');
  await b.page.getByLabel('邮箱').fill('kim@north-wind.test');
  await clean(b);
  await api(b, 'POST', 'invitations', { email: 'kim@north-wind.test', name: 'Kim', roles: ['sales'], locale: 'en' }, key());
  await b.close();
  const link = linkIn(await mailTo(s, 'kim@north-wind.test', /invitation\?token=/), 'invitation');
  const kim = await open(s, { lang: 'en' });
  await kim.to(link.pathname + link.search);
  await kim.page.getByRole('heading', { name: 'Join 北风机械' }).waitFor();
  await clean(kim);
  await kim.page.getByLabel('Choose a password').fill('short');
  await kim.page.getByRole('button', { name: 'Join' }).click();
  await kim.page.locator('.wrong').first().waitFor();
  await kim.page.getByLabel('Choose a password').fill('winter-horse-42');
  await kim.page.getByRole('button', { name: 'Join' }).click();
  await inside(kim);
  assert.deepEqual((await api(kim, 'GET', 'me')).roles, ['sales']);
  await kim.to(link.pathname + link.search);
  await kim.page.getByRole('alert').first().waitFor(); // a link is good once
  await clean(kim);
  await kim.close();
});

test('a second factor: set up, asked for, and replaced by a recovery code', async () => {
  const b = await open(s);
  await logIn(b, owner);
  await inside(b);
  await b.to('/me/security');
  const card = b.page.locator('section.card', { has: b.page.getByRole('heading', { name: '验证器' }) });
  await card.getByLabel('您的密码').fill(owner.password);
  await card.getByRole('button', { name: '设置' }).click();
  const secret = (await card.locator('.secret').innerText()).trim();
  await clean(b);
  await card.getByRole('textbox', { name: '验证码' }).fill(totp(secret));
  await card.getByRole('button', { name: '启用' }).click();
  const codes = (await card.locator('.codes').innerText()).trim().split(/\s+/);
  assert.equal(codes.length, 10);
  await clean(b);
  await b.close();

  const again = await open(s, { width: 390, touch: true });
  await logIn(again, owner);
  const code = again.page.getByLabel('验证器中的验证码，或恢复码');
  await code.waitFor();
  await clean(again);
  await code.fill('000000');
  await again.page.getByRole('button', { name: '继续' }).click();
  await again.page.locator('.wrong').first().waitFor();
  await code.fill(codes[0]);
  await again.page.getByRole('button', { name: '继续' }).click();
  await inside(again);
  await again.to('/me/security');
  await again.page.getByText('剩余 9 个恢复码').waitFor();
  await clean(again);
  const off = again.page.locator('section.card', { has: again.page.getByRole('heading', { name: '验证器' }) });
  await off.getByLabel('您的密码').fill(owner.password);
  await off.getByRole('button', { name: '停用' }).click();
  await off.getByText('未启用').waitFor();
  await again.close();
});

test('a lost password is set by the link of a mail, and the old one is no good', async () => {
  const b = await open(s, { width: 390, touch: true, theme: 'dark' });
  await b.to('/login');
  await clean(b);
  await b.page.getByRole('link', { name: '忘记密码？' }).click();
  await b.page.waitForURL('**/forgot'); // until then the field is the login's
  await b.page.getByRole('button', { name: '发送链接' }).waitFor();
  await b.page.getByLabel('邮箱', { exact: true }).fill(owner.email);
  await b.page.getByRole('button', { name: '发送链接' }).click();
  await b.page.getByRole('status').first().waitFor();
  await clean(b);
  const link = linkIn(await mailTo(s, owner.email, /reset\?token=/), 'reset');
  await b.to(link.pathname + link.search);
  await b.page.getByLabel('新密码').fill('summer-horse-42');
  await clean(b);
  await b.page.getByRole('button', { name: '设置', exact: true }).click();
  await b.page.waitForURL('**/login');
  await logIn(b, owner);
  await b.page.getByRole('alert').first().waitFor();
  owner.password = 'summer-horse-42';
  await logIn(b, owner);
  await inside(b);
  await b.close();
});

test('a passkey is made on a device and logs in by itself', async () => {
  const b = await open(s, { lang: 'en' });
  const cdp = await b.context.newCDPSession(b.page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  assert.equal((await b.context.request.post(`${s.base}/api/v1/login`, { data: owner })).status(), 200);
  await b.to('/me/security');
  const card = b.page.locator('section.card', { has: b.page.getByRole('heading', { name: 'Passkeys' }) });
  await card.getByLabel('Name of the device').fill('Laptop');
  await card.getByLabel('Your password').fill(owner.password);
  await card.getByRole('button', { name: 'Add a passkey' }).click();
  await card.getByText('Laptop').waitFor();
  await clean(b);
  await b.context.clearCookies();
  await b.to('/login');
  await b.page.getByLabel('E-mail', { exact: true }).fill(owner.email);
  await b.page.getByLabel('Password', { exact: true }).fill(owner.password);
  await b.page.getByRole('button', { name: 'Log in', exact: true }).click();
  await b.page.getByText('Your passkey is your second factor.').waitFor();
  await clean(b);
  await b.to('/login');
  await b.page.getByRole('button', { name: 'Log in with a passkey' }).click();
  await inside(b);
  assert.equal((await api(b, 'GET', 'me')).email, owner.email);
  await b.to('/me/security');
  await b.page
    .locator('section.card', { has: b.page.getByRole('heading', { name: 'Passkeys' }) })
    .getByRole('button', { name: 'Remove' })
    .click();
  await b.page.getByText('No passkeys').waitFor();
  await clean(b);
  await b.close();
});

// provider starts a real OpenID provider with one page that asks who one is.
async function provider() {
  const server = http.createServer((q, r) => void serve(q, r));
  await new Promise((ok) => server.listen(0, '127.0.0.1', ok));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const idp = new Provider(issuer, {
    clients: [{ client_id: 'tenon', client_secret: secret, redirect_uris: [`${s.base}/api/v1/sso/callback`] }],
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, x) => `/who/${x.uid}` },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@north-wind.test`, email_verified: true, name: 'Lee Wood' }),
    }),
    loadExistingGrant: async (c) => {
      const grant = new c.oidc.provider.Grant({ clientId: c.oidc.client.clientId, accountId: c.oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const rest = idp.callback();
  async function serve(q, r) {
    if (!q.url.startsWith('/who/')) return rest(q, r);
    if (q.method === 'POST') return idp.interactionFinished(q, r, { login: { accountId: 'lee' } });
    r.setHeader('Content-Type', 'text/html');
    r.end('<form method="post"><button>I am Lee</button></form>');
  }
  return { issuer, close: () => server.close() };
}

test('a company lets its people in through its own OpenID provider', async () => {
  const { issuer, close } = await provider();
  const b = await open(s, { person: owner, lang: 'en' });
  await b.to('/admin/sign_in');
  await clean(b);
  const made = await api(
    b,
    'POST',
    'identity_providers',
    {
      name: 'corp',
      label: 'North Wind login',
      kind: 'oidc',
      issuer,
      client_id: 'tenon',
      client_secret: secret,
      domains: ['north-wind.test'],
      join_roles: ['buyer'],
    },
    key(),
  );
  assert.ok(made.id, JSON.stringify(made));
  await b.to(`/identity_providers/${made.id}`);
  await clean(b);
  await b.close();
  const lee = await open(s, { lang: 'en' });
  await lee.to('/login');
  await lee.page.getByText('Single sign-on of a company').click();
  await lee.page.getByLabel('Workspace address').fill('north-wind');
  await lee.page.getByRole('button', { name: 'Find' }).click();
  await lee.page.getByRole('link', { name: 'North Wind login' }).waitFor();
  await clean(lee);
  await lee.page.getByRole('link', { name: 'North Wind login' }).click();
  await lee.page.getByRole('button', { name: 'I am Lee' }).click();
  await lee.page.waitForURL(`${s.base}/**`);
  await inside(lee);
  const me = await api(lee, 'GET', 'me');
  assert.deepEqual([me.email, me.name, me.roles], ['lee@north-wind.test', 'Lee Wood', ['buyer']]);
  assert.deepEqual(
    lee.noted.filter((n) => !n.startsWith(`foreign request: ${issuer}/`)),
    [],
  );
  await lee.close();
  close();
});
