// What has begun is decided about before an order is called off; documents go out by mail; lists are grouped; keys and the audit are looked after.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { api, clean, company, mailTo, open, pick, suite } from './harness.mjs';

const s = suite({ mail: true });
const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });
const made = (row) => {
  assert.ok(row.id, JSON.stringify(row));
  return row;
};

// bought gives a company an order whose goods are ordered from a vendor already.
async function bought(b) {
  const post = async (at, data) => made(await api(b, 'POST', at, data, key()));
  const customer = await post('crm/customers', { name: '海澜重工股份有限公司', email: 'buyer@hailan.test' });
  const product = await post('inventory/products', {
    number: 'M-100',
    name: '码垛机',
    type: 'stock',
    unit: 'pcs',
    supply: 'buy',
    list_price: '1000',
  });
  const vendor = await post('purchasing/vendors', { number: 'V-1', name: '苏州配件厂' });
  await post('purchasing/vendor_prices', { product_id: product.id, vendor_id: vendor.id, price: '400', lead_time_days: 7 });
  const lines = [{ product_id: product.id, quantity: '3', unit_price: '1000' }];
  const order = await post('sales/orders', { customer_id: customer.id, lines });
  for (const n of ['2', '5']) await post('sales/orders', { customer_id: customer.id, lines: [{ ...lines[0], quantity: n }] });
  await api(b, 'POST', `sales/orders/${order.id}/confirm`, {}, key());
  const wanted = (await api(b, 'GET', 'purchasing/requisitions')).data[0];
  await api(b, 'POST', `purchasing/requisitions/${wanted.id}/approve`, {}, key());
  await api(b, 'POST', `purchasing/requisitions/${wanted.id}/order`, {}, key());
  const purchase = (await api(b, 'GET', 'purchasing/orders')).data[0];
  await api(b, 'POST', `purchasing/orders/${purchase.id}/confirm`, {}, key());
  return { order, wanted };
}

test('a document is mailed as PDF, and what a vendor makes already is decided about when its order is cancelled', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  const code = (await mailTo(s, person.email, /验证码是 \d{6}/)).match(/验证码是 (\d{6})/)[1];
  await api(b, 'POST', 'verify', { code });
  const { order, wanted } = await bought(b);

  await b.to(`/sales/orders/${order.id}`);
  await page.getByRole('button', { name: '邮件发送' }).click();
  const letter = page.getByRole('dialog');
  await letter.getByLabel('主题').waitFor();
  await clean(b);
  assert.equal(await letter.getByLabel('收件人').inputValue(), 'buyer@hailan.test');
  await letter.getByLabel('收件人').fill('buyer@hailan.test, nobody');
  await letter.getByRole('button', { name: /发\s?送$/ }).click();
  await letter.getByText('nobody 不是邮箱地址').first().waitFor();
  await letter.getByLabel('收件人').fill('buyer@hailan.test；second@hailan.test');
  await letter.getByRole('button', { name: 'English' }).click();
  assert.match(await letter.getByLabel('主题').inputValue(), /^Sales order /);
  await letter.getByRole('button', { name: /发\s?送$/ }).click();
  await letter.waitFor({ state: 'hidden' });
  const mail = await mailTo(s, 'second@hailan.test', /please find attached/);
  assert.match(mail, /To: .*buyer@hailan\.test/);
  assert.match(mail, new RegExp(`Reply-To: .*${person.email}`));
  assert.match(mail, /Content-Type: application\/pdf/);
  const raw = fs.readdirSync(s.mail).map((f) => fs.readFileSync(path.join(s.mail, f), 'utf8'));
  const pdf = raw.find((m) => m.includes('application/pdf')).match(/JVBERi0[A-Za-z0-9+/\r\n=]+/)[0];
  assert.ok(Buffer.from(pdf, 'base64').length > 5000, 'a PDF goes along');
  await page.reload();
  await page.getByRole('tab', { name: /动态/ }).click();
  await page.getByText('已发送').first().waitFor();
  await clean(b);

  made(await api(b, 'POST', 'mail/settings', { daily_documents: 3 }, key()));
  await b.to('/sales/orders'); // three more, of which the day has room for two
  await page.getByLabel('选择已加载的全部').check();
  await page.getByRole('button', { name: '邮件发送' }).click();
  const letters = page.getByRole('dialog');
  await letters.getByRole('cell', { name: 'buyer@hailan.test' }).nth(2).waitFor();
  await clean(b);
  await letters.getByRole('button', { name: '发送 3 封' }).click();
  const told = page.locator('.ant-modal-confirm');
  await told.locator('.ant-modal-confirm-title', { hasText: '已交付 2 封，1 封未发送' }).waitFor();
  await told.getByText(/今天还能发送 0 封单据邮件（每日上限 3，已发送 3）/).waitFor();
  await told.getByRole('button').click();
  await page.getByText('已选 1 条').waitFor(); // what was refused
  assert.equal((await api(b, 'GET', 'mail/documents?count=true')).total, 3);
  await clean(b);
  await b.to(`/sales/orders/${order.id}`);

  const cancel = page.getByRole('button', { name: '取消', exact: true });
  if (!(await cancel.count())) await page.getByRole('button', { name: '操作', exact: true }).click();
  await cancel.first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/已开始，如何处理/).waitFor();
  await dialog.getByRole('region', { name: '仅这些行' }).first().getByRole('cell', { name: '码垛机' }).waitFor();
  assert.equal(await dialog.getByRole('checkbox', { name: '第 1 行' }).isChecked(), false); // all of them
  await clean(b);
  const radios = dialog.getByRole('radio');
  assert.ok((await radios.count()) >= 3, 'to leave it, to keep it, to call it off');
  await radios.first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await dialog.locator('.fate', { hasText: '取消' }).first().waitFor();
  await dialog.getByText(/预览编号/).waitFor();
  await clean(b);
  await dialog.getByRole('button', { name: '取消', exact: true }).last().click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal((await api(b, 'GET', `sales/orders/${order.id}`)).status, 'cancelled');
  assert.equal((await api(b, 'GET', `purchasing/requisitions/${wanted.id}`)).status, 'cancelled');

  await b.to('/sales/orders?by=status');
  await page.getByRole('button', { name: /草稿.*2 条.*7,910/ }).click();
  await page.getByRole('row', { name: /5,650/ }).waitFor();
  await clean(b);
  await b.close();
});

test('an officer verifies the audit, seals a field and opens it again, and rotates the key; on a phone', async () => {
  const person = await company(s);
  const b = await open(s, { person, lang: 'en', width: 390, touch: true });
  const { page } = b;
  await b.to('/admin/audit');
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText(/Whole: \d+ entries/).waitFor();
  await clean(b);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export' }).click()]);
  assert.match(file.suggestedFilename(), /^audit-.*\.jsonl$/);

  await api(b, 'POST', 'crm/customers', { name: 'Northern Light', address: 'Quay 7' }, key());
  await b.to('/admin/keys');
  await page.getByText('Key file of this machine').waitFor();
  await clean(b);
  await pick(page, 'Kind of record', 'Customer');
  await pick(page, 'Field', 'Address');
  await page.getByRole('button', { name: 'Encrypt this field' }).click();
  const row = page.getByRole('row', { name: /Customer Address/ });
  await row.getByText('Encrypted').waitFor({ timeout: 300_000 });
  assert.equal((await api(b, 'GET', 'crm/customers?sort=address')).reason, 'fields.invalid');
  await row.getByRole('button', { name: 'Stop encrypting' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop encrypting' }).click();
  await row.waitFor({ state: 'detached', timeout: 300_000 });
  assert.equal((await api(b, 'GET', 'crm/customers?sort=address')).data[0].address, 'Quay 7');
  await page.getByRole('button', { name: 'Rotate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
  await page.getByText('Done', { exact: true }).waitFor({ timeout: 300_000 });
  assert.equal((await api(b, 'GET', 'keys')).status.newest_version, 2);
  await clean(b);
  await b.close();
});
