// The accountant's day: money to what it was paid for, from a sum to its document, an invoice on paper in both languages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { api, clean, company, open, settled, suite } from './harness.mjs';

const s = suite();

let owner;
let invoice;

// books gives a company a customer with two invoices, and money that settles one of them but for 40 cents.
async function books(b) {
  const customer = await api(b, 'POST', 'crm/customers', { name: '北京京味斋食品有限公司', address: '北京市食品产业园 133 号' });
  const bill = async (description, price) => {
    const line = { description, quantity: '1', unit_price: price };
    const i = await api(b, 'POST', 'finance/invoices', { customer_id: customer.id, lines: [line] });
    return api(b, 'POST', `finance/invoices/${i.id}/post`, {});
  };
  const first = await bill('操作培训', '8678.40');
  await bill('年度保养', '311880.00');
  const payment = await api(b, 'POST', 'finance/payments', { customer_id: customer.id, amount: '8678.00' });
  const posted = await api(b, 'POST', `finance/payments/${payment.id}/post`, {});
  assert.equal(posted.unmatched_amount, '8678.00', JSON.stringify(posted));
  return { first, payment };
}

test('a payment is matched as suggested, with a write-off, and taken back', { timeout: 600_000 }, async () => {
  owner = await company(s);
  const b = await open(s, { person: owner });
  await b.to('/');
  const made = await books(b);
  invoice = made.first;
  await b.to('/finance/matching');
  const target = b.page.getByRole('region', { name: '本次核销' });
  await b.page.getByRole('button', { name: '建议', exact: true }).click();
  await target.getByText('差额 ¥0.40 核销').waitFor();
  await clean(b);
  await target.getByRole('button', { name: `移除 ${invoice.no}` }).click();
  // the same by dragging
  await b.page.getByRole('link', { name: invoice.no }).locator('xpath=ancestor::li').dragTo(target);
  await target.getByText('差额 ¥0.40 核销').waitFor();
  await target.getByRole('button', { name: '核销', exact: true }).click();
  await b.page
    .getByText('没有待核销的款项')
    .or(b.page.getByRole('region', { name: '已核销的单据' }))
    .first()
    .waitFor();
  let now = await api(b, 'GET', `finance/invoices/${invoice.id}`);
  assert.equal(now.residual_amount, '0.00');
  await b.to('/finance/matching?show=done');
  await b.page.getByRole('region', { name: '已核销的单据' }).getByRole('link', { name: invoice.no }).waitFor();
  await b.page.getByRole('button', { name: '取消核销' }).click();
  await b.page.getByText(`已取消 ${invoice.no} 的核销`).waitFor();
  now = await api(b, 'GET', `finance/invoices/${invoice.id}`);
  assert.equal(now.residual_amount, '8678.40');
  await clean(b);
  await b.close();
});

test('the trial balance leads to the ledger, and the ledger to the document', { timeout: 600_000 }, async () => {
  const b = await open(s, { person: owner });
  await b.to('/reports');
  await b.page.getByRole('link', { name: '科目余额表' }).click();
  await b.page.getByRole('row', { name: /合计/ }).waitFor();
  const foot = await b.page.getByRole('row', { name: /合计/ }).innerText();
  const [debit, credit] = foot.match(/¥[\d,.]+/g);
  assert.equal(debit, credit);
  await clean(b);
  await b.page.getByRole('link', { name: '应收账款', exact: true }).click();
  await b.page.waitForURL(/general_ledger\?account_id=/);
  await b.page.getByRole('link', { name: invoice.no }).first().click();
  await b.page.waitForURL(`**/finance/invoices/${invoice.id}`);
  await b.page.getByText('捌仟陆佰柒拾捌元肆角整').waitFor();
  await clean(b);
  await b.close();
});

test('a long report is read piece by piece, its totals and its file are of all of it', { timeout: 600_000 }, async () => {
  const b = await open(s, { person: owner });
  await b.to('/');
  const from = '2000-01-01';
  const whole = await api(b, 'GET', `finance/general_ledger?from=${from}`);
  assert.ok(whole.data.length > 3 && whole.next_cursor === null, JSON.stringify(whole.data.length));
  let asked = 0;
  await b.page.route('**/api/v1/finance/general_ledger?**', (route) => {
    const short = route
      .request()
      .url()
      .replace(/limit=500\b/, 'limit=2');
    asked++;
    return route.continue({ url: short });
  });
  await b.to(`/reports/finance/general_ledger?from=${from}`);
  await b.page.getByText(`${whole.data.length} 行`, { exact: true }).waitFor();
  assert.ok(asked > 1, `${asked} requests`);
  const foot = await b.page.getByRole('row', { name: /合计/ }).innerText();
  const amount = (v) => `¥${Number(v).toLocaleString('en-US', { minimumFractionDigits: 2 })}`;
  assert.ok(foot.includes(amount(whole.totals.debit)), `${foot} ${JSON.stringify(whole.totals)}`);
  const [file] = await Promise.all([b.page.waitForEvent('download'), b.page.getByRole('button', { name: '导出 CSV' }).click()]);
  const lines = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\r\n');
  assert.equal(lines.length, whole.data.length + 1);
  await clean(b);
  await b.close();
});

test('an invoice is printed in both languages', { timeout: 600_000 }, async () => {
  const b = await open(s, { person: owner, lang: 'en', theme: 'dark' });
  await b.to(`/print/finance/invoices/${invoice.id}?lang=zh`);
  const paper = b.page.getByRole('article');
  await paper.getByRole('heading', { name: '发票' }).waitFor();
  const zh = await paper.innerText();
  for (const said of [owner.company, '北京京味斋食品有限公司', '操作培训', '价税合计', '¥8,678.40', '捌仟陆佰柒拾捌元肆角整'])
    assert.ok(zh.includes(said), said);
  await clean(b);
  await b.page.getByRole('button', { name: 'English' }).click();
  await paper.getByRole('heading', { name: 'Invoice' }).waitFor();
  const en = await paper.innerText();
  assert.ok(en.includes('Total') && en.includes('¥8,678.40') && !en.includes('价税合计'), en);
  await b.page.emulateMedia({ media: 'print' });
  assert.equal(await b.page.locator('.print-bar').isVisible(), false);
  assert.equal(await b.page.locator('.side').first().isVisible(), false);
  await b.page.emulateMedia({ media: 'screen' });
  await clean(b);
  await b.close();
});

test('a bank statement is loaded and matched', { timeout: 600_000 }, async () => {
  const b = await open(s, { person: owner });
  await b.to('/');
  const accounts = await api(b, 'GET', 'finance/accounts?code=1002');
  await api(b, 'POST', 'finance/bank_accounts', {
    name: '一般户',
    number: '5188',
    currency: 'CNY',
    account_id: accounts.data[0].id,
  });
  await b.to('/finance/bank');
  await b.page.getByText('还没有银行对账单').waitFor();
  await clean(b);
  // 日期,金额,对方户名 / 2026-01-05,311880.00,北京京味斋食品有限公司, in GBK, as banks send it
  const gbk =
    'c8d5c6da2cbdf0b6ee2cb6d4b7bdbba7c3fb0a323032362d30312d30352c3331313838302e30302cb1b1bea9bea9ceb6d5abcab3c6b7d3d0cfdeb9abcbbe0a';
  await b.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'bank.csv', mimeType: 'text/csv', buffer: Buffer.from(gbk, 'hex') });
  await b.page.waitForURL(/bank_statements\/[0-9a-f-]{36}/);
  await b.page.getByRole('button', { name: '采用', exact: true }).click();
  await b.page.getByRole('button', { name: '取消核销' }).waitFor();
  await settled(b.page);
  await clean(b);
  await b.close();
});
