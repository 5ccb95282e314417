// The frame of the app: from sign-up to a record that two people change at once, in both languages and themes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, company, open, suite } from './harness.mjs';

const s = suite();

test('sign up, make a customer, find it in the list', async () => {
  const b = await open(s);
  const { page } = b;
  await b.to('/signup');
  await clean(b);
  const email = `first${process.pid}@e2e.test`;
  await page.getByLabel('企业名称').fill('远景精密机械有限公司');
  await page.getByLabel('您的姓名').fill('李雷');
  await page.getByLabel('工作邮箱').fill(email);
  await page.getByLabel('密码').fill('correct-horse-42');
  await page.getByLabel(/服务条款/).check();
  await page.getByRole('button', { name: '创建并进入' }).click();
  await page.getByRole('heading', { name: '李雷，您好' }).waitFor();
  await clean(b);

  await page.getByRole('link', { name: '客户', exact: true }).click();
  await page.getByText('还没有客户').waitFor();
  await clean(b);
  await page.keyboard.press('c');
  await page.getByLabel(/名称$/).first().fill('海澜重工股份有限公司');
  await clean(b);
  await page.keyboard.press('Control+s');
  await page.getByRole('heading', { name: '海澜重工股份有限公司' }).waitFor();
  await clean(b);

  await page.getByRole('button', { name: '返回' }).click();
  await page.getByRole('grid').getByText('海澜重工股份有限公司').waitFor();
  await page.getByLabel('在列表中搜索').fill('没有这个客户');
  await page.getByText('没有符合条件的记录').waitFor();
  assert.match(page.url(), /q=/);
  await clean(b);
  await b.close();
});

test('a new company looks at sample data, and takes it away in one click', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  await page.getByRole('button', { name: '载入示例数据' }).click();
  await page.getByRole('button', { name: '移除示例数据' }).waitFor();
  await clean(b);
  assert.ok((await api(b, 'GET', 'crm/customers?count=true')).total > 0);
  await page.getByRole('button', { name: '移除示例数据' }).click();
  await page.getByRole('button', { name: '载入示例数据' }).waitFor();
  await clean(b);
  assert.equal((await api(b, 'GET', 'crm/customers?count=true')).total, 0);
  await b.close();
});

test('a session ends and begins', async () => {
  const person = await company(s);
  const b = await open(s);
  const { page } = b;
  await b.to('/crm/customers?q=x');
  await page.waitForURL(/\/login\?next=/);
  await page.getByLabel('邮箱').fill(person.email);
  await page.getByLabel('密码').fill('wrong-wrong-wrong');
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('密码').fill(person.password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.waitForURL(/\/crm\/customers\?q=x/);
  await page.getByRole('button', { name: /个人菜单/ }).click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.waitForURL(/\/login$/);
  await clean(b);
  await b.close();
});

test('an expired session is renewed over the page, and what was typed is saved', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/crm/customers/new');
  await page.getByLabel(/名称$/).first().fill('会话过期也不丢');
  await b.context.clearCookies();
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await page.getByRole('dialog', { name: '登录已过期' }).waitFor();
  await page.getByRole('dialog').getByLabel('密码').fill(person.password);
  await page.getByRole('dialog').getByRole('button', { name: '登录', exact: true }).click();
  await page.getByRole('heading', { name: '会话过期也不丢' }).waitFor();
  await clean(b);
  await b.close();
});

test('two people change a record: fields are merged, a clash is a choice', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  await page.getByRole('heading', { name: /您好/ }).waitFor();
  const made = await api(b, 'POST', 'crm/customers', { name: '原来的名称', territory: '华东' });
  await b.to(`/crm/customers/${made.id}/edit`);
  await page.getByLabel(/名称$/).first().fill('我的名称');
  await api(
    b,
    'PATCH',
    `crm/customers/${made.id}`,
    { name: '对方的名称', territory: '华南' },
    { 'If-Match': `"${made.version}"` },
  );
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  assert.ok(await page.getByText('对方的名称').isVisible());
  await clean(b);
  await page.getByRole('button', { name: '按所选保存' }).click();
  await page.getByRole('heading', { name: '我的名称' }).waitFor();
  const now = await api(b, 'GET', `crm/customers/${made.id}`);
  assert.equal(now.name, '我的名称');
  assert.equal(now.territory, '华南');
  await clean(b);
  await b.close();
});

test('edit in place shows at once and can be undone', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  await page.getByRole('heading', { name: /您好/ }).waitFor();
  const made = await api(b, 'POST', 'crm/customers', { name: '就地修改', territory: '华东' });
  await b.to('/crm/customers?cols=name,territory');
  await page.locator('[data-at="0:1"]').dblclick();
  await page.locator('.editor input').fill('西南');
  await page.locator('.editor input').press('Enter');
  await page.getByRole('button', { name: '撤销' }).click();
  await page.locator('[data-at="0:1"]', { hasText: '华东' }).waitFor();
  assert.equal((await api(b, 'GET', `crm/customers/${made.id}`)).territory, '华东');
  await clean(b);
  await b.close();
});

test('both languages, both themes, the palette by pinyin, the keyboard sheet', async () => {
  const person = await company(s);
  const b = await open(s, { person, theme: 'dark' });
  const { page } = b;
  await b.to('/');
  await page.getByRole('heading', { name: /您好/ }).waitFor();
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
  await clean(b);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('xsdd');
  await page
    .getByRole('option', { name: /销售订单/ })
    .first()
    .waitFor();
  await clean(b);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/sales\/orders$/);
  await page.getByRole('button', { name: /个人菜单/ }).click();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Sales order' }).waitFor();
  await page.getByRole('button', { name: 'Light' }).click();
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await clean(b);
  await page.locator('h1').click();
  await page.keyboard.press('?');
  await page.getByText('Keyboard shortcuts').last().waitFor();
  await clean(b);
  await b.close();
});

test('a lost connection is told, and mended', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/crm/customers/new');
  await page.getByLabel(/名称$/).first().fill('断网也不丢');
  await b.context.setOffline(true);
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await page.locator('.banner').waitFor();
  await b.context.setOffline(false);
  await page.locator('.banner').getByRole('button', { name: '重试' }).click();
  await page.locator('.banner').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+s');
  await page.getByRole('heading', { name: '断网也不丢' }).waitFor();
  await b.close();
});

test('on a phone: menu, list and record fit', async () => {
  const person = await company(s);
  const b = await open(s, { person, width: 390, touch: true });
  const { page } = b;
  await b.to('/');
  await page.getByRole('heading', { name: /您好/ }).waitFor();
  const made = await api(b, 'POST', 'crm/customers', { name: '手机上的客户' });
  for (const at of ['/', '/crm/customers', `/crm/customers/${made.id}`, `/crm/customers/${made.id}/edit`]) {
    await b.to(at);
    await clean(b);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${at} is wider than the screen`);
  }
  await page.getByRole('button', { name: '菜单' }).click();
  await page.getByRole('link', { name: '联系人' }).click();
  await page.waitForURL(/\/crm\/contacts$/);
  await b.close();
});
