// Keys: a person is made unreadable, a company is closed by two people and called off, and a Vault that does not work is refused.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { test } from 'node:test';
import { api, clean, company, everywhere, open, suite } from './harness.mjs';

const s = suite({ host: 'localhost' });
const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });
const password = 'winter-horse-42';
const second = { email: `mei${process.pid}@e2e.test`, password };
const shot = (b, name) =>
  process.env.TENON_SHOTS ? b.page.screenshot({ path: `${process.env.TENON_SHOTS}/${name}.png`, fullPage: true }) : undefined;
let owner;
let contact;

test('a company with a contact and a security officer', async () => {
  owner = await company(s);
  const b = await open(s, { person: owner });
  await b.to('/');
  const customer = await api(b, 'POST', 'crm/customers', { name: '北风机械' }, key());
  contact = await api(
    b,
    'POST',
    'crm/contacts',
    { customer_id: customer.id, name: '李雷', email: 'lilei@north-wind.test', phone: '13800000000' },
    key(),
  );
  assert.ok(contact.id, JSON.stringify(contact));
  const mei = await api(
    b,
    'POST',
    'users',
    { name: '韩梅', email: second.email, password, roles: ['security_officer'], locale: 'zh-CN' },
    key(),
  );
  assert.ok(mei.id, JSON.stringify(mei));
  await b.close();
});

// the same page, wide and on a phone, in both languages
const seen = (person, at, name) => everywhere(s, person, at, (b, lang, width) => shot(b, `${name}-${lang}-${width}`));

test('a contact is made unreadable: asked for, looked at again, carried out', async () => {
  const at = `/crm/contacts/${contact.id}`;
  await seen(owner, `${at}?tab=erasure`, 'person');
  const b = await open(s, { person: owner });
  await b.to(at);
  await b.page.getByRole('tab', { name: '个人数据' }).click();
  const asks = b.page.getByRole('button', { name: '申请删除“李雷”的个人数据' });
  assert.ok(await asks.isDisabled(), 'a reason is needed');
  await b.page.getByLabel('原因').fill('本人来信要求删除');
  await asks.click();
  await b.page.waitForURL('**/admin/deletions/*');
  const request = new URL(b.page.url()).pathname;
  await b.page.getByText('执行后将无法读取').waitFor();
  await b.page.locator('.erasure-field', { hasText: '邮箱' }).waitFor();
  assert.equal((await api(b, 'GET', `crm/contacts/${contact.id}`)).name, '李雷', 'asking changes nothing');
  await seen(owner, request, 'deletion');

  const carry = b.page.getByRole('button', { name: '永久删除' });
  assert.ok(await carry.isDisabled(), 'the name is typed first');
  await b.page.getByLabel('请输入“李雷”以确认').fill('李雷');
  await carry.click();
  await b.page.getByText('其密钥已销毁').waitFor();
  await clean(b);
  const after = await api(b, 'GET', `crm/contacts/${contact.id}`);
  assert.ok(!JSON.stringify(after).includes('李雷') && !after.email, JSON.stringify(after));
  const history = await api(b, 'GET', `crm/contacts/${contact.id}/history`);
  assert.ok(!JSON.stringify(history).includes('lilei@'), JSON.stringify(history));
  await seen(owner, request, 'deleted');

  await b.to('/admin/deletions');
  await b.page.getByRole('cell', { name: '本人来信要求删除' }).waitFor();
  assert.ok(await b.page.getByText('已删除', { exact: true }).isVisible());
  await seen(owner, '/admin/deletions', 'deletions');
  await b.to(`${at}?tab=erasure`);
  await b.page.getByRole('button', { name: '查看' }).waitFor();
  assert.equal(await b.page.getByLabel('原因').count(), 0, 'who is gone is not asked for again');
  await b.close();
});

test('a member who works here is refused with the reason, and the request can be withdrawn', async () => {
  const b = await open(s, { person: owner });
  await b.to('/');
  const mei = (await api(b, 'GET', 'users?limit=50')).data.find((u) => u.email === second.email);
  await b.to(`/users/${mei.id}?tab=erasure`);
  await b.page.getByLabel('原因').fill('离职');
  await b.page.getByRole('button', { name: /申请删除/ }).click();
  await b.page.getByLabel('请输入“韩梅”以确认').fill('韩梅');
  await b.page.getByRole('button', { name: '永久删除' }).click();
  await b.page.getByText('请先停用该用户').waitFor();
  await b.page.getByRole('button', { name: '撤回申请' }).click();
  await b.page.locator('.page-head').getByText('已撤回', { exact: true }).waitFor();
  await clean(b);
  await b.close();
});

test('a wrong Vault is refused before anything is saved', async () => {
  await seen(owner, '/admin/keys', 'keys');
  for (const width of [1440, 390]) {
    const b = await open(s, { person: owner, width, touch: width < 760 });
    await b.to('/admin/keys');
    await b.page.getByRole('button', { name: '使用自有 Vault' }).click();
    await b.page.getByLabel('地址', { exact: true }).fill('https://127.0.0.1:8200');
    await b.page.getByLabel('令牌', { exact: true }).fill('hvs.nothing');
    for (const button of ['检查', '检查并保存']) {
      await b.page.getByRole('button', { name: button, exact: true }).click();
      await b.page.locator('.admin-vault [role=status] .wrong').getByText('密钥服务检查未通过').waitFor();
      await b.page.locator('.admin-vault .labelled .wrong').first().waitFor();
    }
    await b.page.locator('.admin-vault [aria-invalid=true]').waitFor();
    await clean(b);
    await shot(b, `vault-${width}`);
    assert.equal((await api(b, 'GET', 'keys')).status.own, null);
    await b.close();
  }
});

test('a company is closed by two people, and the end is called off', async () => {
  await seen(owner, '/admin/closing', 'open');
  const b = await open(s, { person: owner });
  await b.to('/admin/closing');
  const name = `“${owner.company}”`;
  await b.page.getByLabel(`请输入企业名称${name}以确认`).fill(owner.company);
  await b.page.getByRole('button', { name: '申请关闭' }).click();
  await b.page.getByRole('dialog').getByRole('button', { name: '申请关闭' }).click();
  await b.page.getByText('同意：0 / 2').waitFor();
  await b.page.getByLabel(`请输入企业名称${name}以确认`).fill(owner.company);
  await b.page.getByRole('button', { name: '我同意销毁密钥' }).click();
  await b.page.getByText('同意：1 / 2').waitFor();

  const mei = await open(s, { person: second });
  await mei.to('/admin/closing');
  await mei.page.getByText('同意：1 / 2').waitFor();
  await mei.page.getByText(owner.name, { exact: true }).first().waitFor();
  await mei.page.getByLabel(`请输入企业名称${name}以确认`).fill(owner.company);
  await mei.page.getByRole('button', { name: '我同意销毁密钥' }).click();
  await mei.page.getByText('同意：2 / 2').waitFor();
  assert.equal(await mei.page.getByRole('button', { name: '取消关闭' }).count(), 0, 'only an owner calls it off');
  await clean(mei);
  await seen(owner, '/admin/closing', 'closing');
  await mei.page.getByRole('button', { name: '撤回我的同意' }).click();
  await mei.page.getByText('同意：1 / 2').waitFor();
  await mei.close();

  await b.to('/admin/closing');
  const [file] = await Promise.all([
    b.page.waitForEvent('download'),
    b.page.locator('.erasure-take a', { hasText: '客户' }).first().click(),
  ]);
  assert.match(file.suggestedFilename(), /\.xlsx$/);
  await b.page.getByRole('button', { name: '取消关闭' }).click();
  await b.page.getByText('正常使用').waitFor();
  assert.equal((await api(b, 'GET', 'keys/closing')).closing, false);
  await clean(b);
  await b.close();
});

test('a certificate is shown and downloaded without a login', async () => {
  const id = '018f0000-0000-7000-8000-000000000001';
  const b = await open(s);
  await b.to(`/certificate/${id}`);
  await b.page.getByRole('alert').waitFor(); // there is none
  await clean(b);
  const signed = {
    format: 'tenon-shredding/1',
    id,
    company: '北风机械',
    asked_at: '2026-10-01T08:00:00Z',
    destroyed_at: '2026-11-02T08:00:00Z',
    consents: [{ name: '王芳' }, { name: '韩梅' }],
    tried: [{}, {}, {}],
    public_key: 'MCowBQYDK2VwAyEA',
  };
  for (const width of [1440, 390]) {
    const c = await open(s, { width, touch: width < 760 });
    await c.page.route('**/api/v1/certificates/*', (r) =>
      r.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify(signed) }),
    );
    await c.to(`/certificate/${id}`);
    await c.page.getByText('3 项，全部无法解开').waitFor();
    const link = c.page.getByRole('link', { name: '下载证书' });
    assert.equal(await link.getAttribute('href'), `/api/v1/certificates/${id}`);
    await clean(c);
    await shot(c, `certificate-${width}`);
    await c.close();
  }
  await b.close();
});
