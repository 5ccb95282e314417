// What stands across the modules: approving on a phone, taking a table in, what is denied, a module that is off, and what others do, as they do it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, company, open, settled, suite } from './harness.mjs';

const s = suite();
const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });

// colleague gives a company somebody with a role, and their browser.
async function colleague(owner, role, options = {}) {
  const person = { name: '李娜', email: `${role}.${Date.now()}@e2e.test`, password: 'correct-horse-42' };
  const made = await api(owner, 'POST', 'users', { ...person, roles: [role], locale: 'zh-CN' }, key());
  assert.ok(made.id, JSON.stringify(made));
  return open(s, { person, ...options });
}

// order makes an order so large that the sales director has to agree, and confirms it.
async function order(owner, seller) {
  const customer = await api(owner, 'POST', 'crm/customers', { name: '远景精密机械有限公司' }, key());
  const product = await api(
    owner,
    'POST',
    'inventory/products',
    {
      name: '枕式包装机',
      number: `P${Date.now()}`,
      list_price: '150000',
      standard_cost: '80000',
      supply: 'buy',
      type: 'stock',
      unit: 'pcs',
    },
    key(),
  );
  assert.ok(product.id, JSON.stringify(product));
  const lines = [{ product_id: product.id, quantity: '1', unit_price: '150000' }];
  const made = await api(seller, 'POST', 'sales/orders', { customer_id: customer.id, lines }, key());
  assert.ok(made.id, JSON.stringify(made));
  await api(seller, 'POST', `sales/orders/${made.id}/confirm`, {}, key());
  return { made, product };
}

test('an approval on a phone, told to the seller at once; what is denied is shown as denied', async () => {
  const person = await company(s);
  const owner = await open(s, { person, width: 390, touch: true });
  await owner.to('/');
  const seller = await colleague(owner, 'sales');
  await seller.to('/');
  const { made, product } = await order(owner, seller);

  await owner.to('/approvals');
  await clean(owner);
  await owner.page.getByRole('button', { name: new RegExp(made.no) }).click();
  await owner.page.getByRole('tabpanel', { name: '批准后' }).locator('.outcome').waitFor();
  await clean(owner);

  await seller.to(`/sales/orders/${made.id}`);
  await seller.page.getByText('审批中').first().waitFor();
  await owner.page.getByLabel('审批意见（可不填）').fill('同意，尽快交付');
  const approve = owner.page.getByRole('button', { name: '批准', exact: true });
  const box = await approve.boundingBox();
  assert.ok(box && box.height >= 44 && box.y > 600, 'the button is where the thumb is');
  await approve.click();
  await owner.page.getByText('没有等您审批的单据').waitFor();
  await seller.page.getByText('已确认').first().waitFor(); // without a reload
  await clean(owner);

  await seller.to(`/inventory/products/${product.id}`);
  await seller.page.getByRole('heading', { name: '枕式包装机' }).waitFor();
  await seller.page.getByText('依据“销售人员不得查看成本”，如需查看请联系管理员').waitFor();
  assert.equal(await seller.page.getByText('80,000').count(), 0);
  await clean(seller);
  await owner.to('/admin/roles');
  await owner.page.getByRole('tab', { name: '有效权限' }).click();
  await owner.page.getByText('“销售员”：不允许').waitFor();
  await clean(owner);
  await seller.close();
  await owner.close();
});

test('5,000 rows with mistakes by row, then without', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/crm/customers/import');
  await clean(b);
  const rows = Array.from({ length: 5000 }, (_, i) => [`K${i}`, `客户 ${i}`, '1000']);
  const file = (list) => ({
    name: 'customers.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`编号,客户名称,信用额度\n${list.map((r) => r.join(',')).join('\n')}\n`),
  });
  const wrong = rows.map((r, i) => (i === 41 ? [r[0], r[1], '很多'] : i === 4711 ? ['K0', r[1], r[2]] : r));
  await page.locator('input[type=file]').setInputFiles(file(wrong));
  await page.getByRole('heading', { name: '文件的列对应哪个字段' }).waitFor();
  for (const [column, field] of [
    ['编号', '客户编号'],
    ['客户名称', '名称'],
  ]) {
    await page.getByLabel(`“${column}”列的字段`).click();
    await page.getByLabel(`“${column}”列的字段`).fill(field);
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: field }).first().click();
  }
  await clean(b);
  await page.getByRole('button', { name: '检查数据' }).click();
  await page.getByRole('heading', { name: /处错误，还没有保存任何数据/ }).waitFor({ timeout: 300_000 });
  await page.getByRole('cell', { name: '43', exact: true }).waitFor();
  assert.equal(await page.getByRole('button', { name: /^导入 / }).isDisabled(), true);
  await clean(b);

  await page.locator('input[type=file]').setInputFiles(file(rows));
  await page.getByText('已对应 3 / 3 列').waitFor(); // as it was matched before
  await page.getByRole('button', { name: '检查数据' }).click();
  await page.getByText('5000 行全部通过检查').waitFor({ timeout: 300_000 });
  await page.getByRole('button', { name: '导入 5000 条' }).click();
  await page.getByText('已导入 5000 条客户').waitFor({ timeout: 300_000 });
  await clean(b);
  await page.getByRole('button', { name: '返回列表' }).click();
  await page.getByText('5,000 条').waitFor();
  await b.close();
});

test('a comment names a colleague, who is told; a file is kept; a module that is off says so', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  await b.to('/');
  const other = await colleague(b, 'sales');
  await other.to('/');
  const customer = await api(b, 'POST', 'crm/customers', { name: '海澜重工股份有限公司' }, key());
  await b.to(`/crm/customers/${customer.id}?tab=history`);
  const say = b.page.getByRole('combobox', { name: /写留言/ });
  await say.pressSequentially('请跟进 @李');
  await b.page.getByRole('option', { name: '李娜' }).click();
  await b.page.getByRole('button', { name: '发送' }).click();
  await b.page.locator('.bubble b', { hasText: '@李娜' }).waitFor();
  await other.page.getByRole('button', { name: '待办与通知（1）' }).first().waitFor(); // told as it happens
  await clean(b);

  await b.page.getByRole('tab', { name: '附件' }).click();
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  await b.page
    .locator('.files input[type=file]')
    .setInputFiles({ name: '图纸.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') });
  await b.page.getByRole('img', { name: '图纸.png' }).waitFor();
  await clean(b);

  await b.to('/admin/modules');
  await b.page.getByRole('button', { name: '停用“项目”' }).click();
  await b.page
    .getByRole('dialog')
    .getByText(/数据会保留/)
    .waitFor();
  await settled(b.page); // a dialog that still grows is missed by a click
  await b.page.getByRole('dialog').getByRole('button', { name: '停用' }).click();
  await b.page.getByText('模块已更新').waitFor();
  await clean(b);
  await b.to('/projects/projects');
  await b.page.getByText('模块“项目”未启用').waitFor();
  await clean(b);
  for (const at of [
    '/',
    '/users',
    '/admin/roles',
    '/admin/settings',
    '/admin/audit',
    '/admin/jobs',
    '/admin/tokens',
    '/webhooks',
  ]) {
    await b.to(at);
    await clean(b);
  }
  await other.close();
  await b.close();
});
