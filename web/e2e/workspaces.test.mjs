// A person of two companies works in one at a time: what they see and what they can do is that of the company which the corner names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, company, open, suite } from './harness.mjs';

const s = suite();

test('from one company to another and back: records and menu are those of the one that is chosen', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  const made = await api(
    b,
    'POST',
    'crm/customers',
    { name: '海澜重工股份有限公司' },
    { 'Idempotency-Key': crypto.randomUUID() },
  );
  assert.ok(made.id, JSON.stringify(made));
  const menu = page.getByRole('navigation').first();
  await menu.getByRole('link', { name: '采购订单' }).waitFor();

  // a second company, as who is logged in: their password is not asked for again
  await page.getByRole('button', { name: person.company }).click();
  await page.getByRole('button', { name: '新建企业' }).click();
  await page.waitForURL(/\/signup$/);
  await page.getByText(person.email).waitFor();
  assert.equal(await page.getByLabel('密码').count(), 0);
  const second = `分公司 ${process.pid}`;
  await page.getByLabel('企业名称').fill(second);
  await page.locator('summary').first().click();
  for (const name of ['采购', '生产', '库存']) {
    const box = page.getByRole('checkbox', { name: new RegExp(`^${name}`) });
    if (await box.isChecked()) await box.click();
  }
  await page.getByLabel(/服务条款/).check();
  await clean(b);
  await page.getByRole('button', { name: '创建并进入' }).click();
  await page.getByRole('button', { name: second }).waitFor();
  await clean(b);
  assert.equal(await menu.getByRole('link', { name: '采购订单' }).count(), 0);
  await b.to('/crm/customers');
  await page.getByText('还没有客户').waitFor();

  const go = async (from, to) => {
    await page.getByRole('button', { name: from }).click();
    await page.getByRole('button', { name: to, exact: true }).click();
    await page.waitForURL(`${s.base}/`);
    await page.getByRole('button', { name: to }).waitFor();
  };
  await go(second, person.company);
  await menu.getByRole('link', { name: '采购订单' }).waitFor();
  await clean(b);
  await b.to('/crm/customers');
  await page.getByRole('grid').getByText('海澜重工股份有限公司').waitFor();

  await go(person.company, second);
  assert.equal(await menu.getByRole('link', { name: '采购订单' }).count(), 0);
  await b.to(`/crm/customers/${made.id}`); // a link of the other company leads nowhere
  await clean(b);
  assert.equal(await page.getByText('海澜重工股份有限公司').count(), 0);
  assert.equal((await api(b, 'GET', 'crm/customers?count=true')).total, 0);
  await b.close();
});
