// A company pays for what it uses, over two months by a clock that the test moves: each page of it wide and on a phone, in both languages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, company, everywhere, open, settled, suite } from './harness.mjs';

const s = suite({ later: true });
const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });
const widths = [1280, 390];
const shots = process.env.SHOTS; // a folder for pictures, for who wants to look
const picture = async (b, name) => shots && (await b.page.screenshot({ path: `${shots}/${name}.png`, fullPage: true }));

// seen looks at a page in both languages, wide and on a phone.
const seen = (person, path, name, look) =>
  everywhere(
    s,
    person,
    path,
    async (b, lang, width) => {
      await look(b, lang, width);
      await picture(b, `${name}-${lang}-${width}`);
    },
    widths,
  );

// hosted stands in for a page of the payment service, which is elsewhere.
async function hosted(b, press) {
  await b.page.route('https://pay.test/**', (r) => r.fulfill({ contentType: 'text/html', body: '<title>Hosted</title>' }));
  await press();
  await b.page.waitForURL('https://pay.test/**');
  const at = b.page.url();
  assert.deepEqual(
    b.noted.filter((n) => !n.startsWith('foreign request: https://pay.test/')),
    [],
  );
  await b.close();
  return at;
}

let person;
let other;

test('a company is signed up: the page', async () => {
  await seen(undefined, '/signup', 'signup', async (b, lang) => {
    await b.page.getByLabel(lang === 'zh' ? '企业名称' : 'Company', { exact: true }).waitFor();
  });
});

test('a trial says how long it lasts, and the marketplace what a module does, costs, needs and keeps', async () => {
  person = await company(s);
  other = await company(s, { locale: 'en' });
  const b = await open(s, { person });
  await b.to('/');
  for (const name of ['远景精密机械有限公司', '东海电子']) await api(b, 'POST', 'crm/customers', { name }, key());
  await b.close();
  await seen(person, '/billing', 'trial', async (b, lang) => {
    await b.page
      .getByText(lang === 'zh' ? '试用期还剩 14 天' : '14 days of trial left')
      .first()
      .waitFor();
    await b.page.getByRole('button', { name: lang === 'zh' ? '按账单转账付款' : 'Pay by invoice and transfer' }).waitFor();
  });
  await seen(person, '/admin/modules', 'modules', async (b, lang, width) => {
    await b.page.getByRole('button', { name: lang === 'zh' ? '停用“库存”' : 'Switch off “Inventory”' }).click();
    const dialog = b.page.getByRole('dialog');
    await dialog
      .getByText(lang === 'zh' ? /生产、采购|采购、生产|生产/ : /Production/)
      .first()
      .waitFor();
    await dialog.getByText(/¥/).first().waitFor();
    await clean(b);
    await picture(b, `module-off-${lang}-${width}`);
    await dialog.getByRole('button', { name: lang === 'zh' ? /取\s?消/ : 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
  });
  const w = await open(s, { person, lang: 'en' });
  await w.to('/admin/modules');
  for (const [verb, on] of [
    ['Switch off', false],
    ['Switch on', true],
  ]) {
    await w.page.getByRole('button', { name: `${verb} “Projects”` }).click();
    await w.page.getByRole('dialog').getByRole('button', { name: verb }).click();
    await w.page.getByRole('button', { name: `${on ? 'Switch off' : 'Switch on'} “Projects”` }).waitFor();
    const { data } = await api(w, 'GET', 'modules');
    assert.equal(data.find((m) => m.name === 'projects').enabled, on);
  }
  await w.close();
  const leave = await open(s, { person, lang: 'en' });
  await leave.to('/billing');
  assert.match(await hosted(leave, () => leave.page.getByRole('button', { name: 'Leave a card' }).click()), /checkout$/);
});

test('it is used for a month: what it costs, what it will, and each line opens to its events', async () => {
  let b = await open(s, { person });
  await b.to('/billing');
  await b.page.getByRole('button', { name: '按账单转账付款' }).click();
  await b.page.getByRole('button', { name: '立即启用' }).click();
  await b.page.getByText('正常', { exact: true }).waitFor();
  await b.close();
  await s.tell('to 2026-11-12T02:00:00Z');
  b = await open(s, { person });
  await b.to('/');
  const customer = await api(b, 'POST', 'crm/customers', { name: '北方重工' }, key());
  const product = await api(
    b,
    'POST',
    'inventory/products',
    { number: 'S1', name: '安装服务', type: 'service', unit: 'h', list_price: '100' },
    key(),
  );
  for (const quantity of ['2', '3']) {
    const lines = [{ product_id: product.id, quantity, unit_price: '100' }];
    const order = await api(b, 'POST', 'sales/orders', { customer_id: customer.id, lines }, key());
    await api(b, 'POST', `sales/orders/${order.id}/confirm`, {}, key());
  }
  await api(b, 'PATCH', 'billing', { budget: '500' });
  await b.close();
  await s.tell('to 2026-11-15T02:00:00Z');
  await seen(person, '/billing/usage', 'usage', async (b, lang, width) => {
    await b.page.locator('.figure').nth(2).waitFor();
    await b.page
      .getByText(lang === 'zh' ? '已用' : '% of')
      .first()
      .waitFor();
    const name = lang === 'zh' ? /^单据处理.* 的明细|处理.*的明细/ : /^Events of Documents/;
    await b.page.getByRole('button', { name }).click();
    const drawer = b.page.getByRole('dialog');
    await drawer.getByRole('row').nth(2).waitFor();
    assert.equal(await drawer.getByRole('row').count(), 3); // its head and two confirmed orders
    await drawer.getByText(lang === 'zh' ? '合计 2' : 'Adds up to 2').waitFor();
    await clean(b);
    await picture(b, `events-${lang}-${width}`);
    await drawer
      .getByRole('button', { name: /close|关闭/i })
      .first()
      .click();
    await drawer.waitFor({ state: 'hidden' });
  });
});

test('the invoice comes, opens to its lines, and is paid on a page elsewhere', async () => {
  await s.tell('to 2026-12-01T20:00:00Z');
  await s.tell('to 2026-12-02T02:00:00Z');
  await seen(person, '/billing', 'invoices', async (b, lang) => {
    await b.page.getByRole('button', { name: /^INV-/ }).click();
    await b.page.getByRole('region', { name: /^INV-/ }).waitFor();
    await b.page.getByText(lang === 'zh' ? '含税合计' : 'Total with tax').waitFor();
    await b.page
      .getByRole('button', { name: lang === 'zh' ? /的明细$/ : /^Events of/ })
      .first()
      .waitFor();
  });
  const b = await open(s, { person, lang: 'en', width: 390, touch: true });
  await b.to('/billing');
  const pay = b.page.getByRole('button', { name: 'Pay', exact: true });
  assert.match(await hosted(b, () => pay.click()), /invoice$/);
});

test('what stands on invoices, a code, visits of the operator, a budget and a hard limit', async () => {
  const b = await open(s, { person, lang: 'en', width: 390, touch: true });
  await b.to('/billing');
  const details = b.page.getByRole('form', { name: 'What stands on invoices' });
  await details.getByLabel('Tax number').fill('91310000MA1K35XXXX');
  await details.getByRole('button', { name: 'Save' }).click();
  await b.page.getByRole('textbox', { name: 'Code for a discount' }).fill('NOTHING');
  await b.page.getByRole('button', { name: 'Use it' }).click();
  await b.page.getByRole('alert').or(b.page.locator('.ant-message-error')).first().waitFor();
  await b.page.getByRole('button', { name: 'Allow it for 4 hours' }).click();
  await b.page.getByText('Allowed until').waitFor();
  await clean(b);
  await b.page.getByRole('button', { name: 'End it now' }).click();
  await b.page.getByText('Allowed until').waitFor({ state: 'hidden' });
  await b.page.getByLabel(/^A month, before tax/).fill('1');
  await b.page.getByLabel('Hard limit').check();
  await b.page.locator('form').first().getByRole('button', { name: 'Save' }).click();
  await settled(b.page);
  const account = await api(b, 'GET', 'billing');
  assert.deepEqual([account.tax_id, account.budget, account.cap], ['91310000MA1K35XXXX', '1.00', true]);
  await b.close();
  await s.tell('to 2026-12-03T02:00:00Z');
  await seen(person, '/billing', 'capped', async (b, lang) => {
    await b.page
      .getByText(lang === 'zh' ? '本月预算上限已达到' : 'The monthly limit is reached')
      .first()
      .waitFor();
  });
  const raise = await open(s, { person });
  await raise.to('/billing');
  await raise.page.getByLabel(/^每月不含税/).fill('5000');
  await raise.page.locator('form').first().getByRole('button').click();
  await raise.page.getByText('正常', { exact: true }).waitFor();
  await raise.close();
});

test('the operator sees companies and revenue, grants a discount, notes a payment; others see nothing', async () => {
  const b = await open(s, { person: other, lang: 'en' });
  await b.to('/operator');
  await b.page.locator('#main').waitFor();
  await settled(b.page);
  assert.equal(await b.page.getByText(person.company).count(), 0);
  await b.close();
  await s.tell(`operator ${other.email}`);
  await seen(other, '/operator', 'operator', async (b, lang, width) => {
    await b.page.getByRole('region').getByRole('button', { name: person.company }).click();
    const drawer = b.page.getByRole('dialog');
    await drawer.getByText('INV-2026-000001').waitFor();
    await clean(b);
    await picture(b, `company-${lang}-${width}`);
    await drawer
      .getByRole('button', { name: /close|关闭/i })
      .first()
      .click();
    await drawer.waitFor({ state: 'hidden' });
  });
  const o = await open(s, { person: other, lang: 'en' });
  await o.to('/operator');
  await o.page.getByRole('region').getByRole('button', { name: person.company }).click();
  const drawer = o.page.getByRole('dialog');
  await drawer.getByLabel('Discount in %').fill('10');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('changed the plan').waitFor();
  await drawer.getByRole('button', { name: 'Paid', exact: true }).click();
  await drawer.getByRole('button', { name: 'Paid', exact: true }).waitFor({ state: 'hidden' });
  await drawer.getByRole('button', { name: 'Credit', exact: true }).click();
  const note = o.page.getByRole('dialog').last();
  await note.getByLabel('Before tax (CNY)').fill('10');
  await note.getByLabel('Reason').fill('a day of trouble');
  await note.getByRole('button', { name: 'OK' }).click();
  await drawer.getByText('wrote a credit note').waitFor();
  await clean(o);
  await picture(o, 'company-credited');
  await o.close();
});

test('the operator enters a company while it agrees, and publishes the prices of a coming month', async () => {
  const token = await open(s, { person, lang: 'en' });
  await token.to('/billing');
  await api(token, 'POST', 'billing/consent', { hours: 4 });
  await token.close();
  await seen(other, '/operator', 'prices', async (b, lang, width) => {
    const zh = lang === 'zh';
    await b.page.getByRole('button', { name: zh ? '新价目表' : 'New prices' }).click();
    const book = b.page.getByRole('dialog');
    await book
      .getByLabel(zh ? '每月最低金额' : 'Minimum a month')
      .first()
      .waitFor();
    await clean(b);
    await picture(b, `book-${lang}-${width}`);
  });
  for (const width of widths) {
    const lang = width < 600 ? 'en' : 'zh';
    const zh = lang === 'zh';
    const b = await open(s, { person: other, lang, width, touch: width < 600 });
    await b.to('/operator');
    await b.page.getByRole('region').getByRole('button', { name: person.company }).click();
    const drawer = b.page.getByRole('dialog');
    const enter = drawer.getByRole('form', { name: zh ? '经同意进入' : 'Enter with consent' });
    await enter.getByLabel(zh ? '进入原因' : 'Reason for the visit').fill('ticket 7');
    await enter.getByRole('button').click();
    const made = drawer.getByRole('status');
    const secret = await made.locator('code').innerText();
    await clean(b);
    await picture(b, `enter-${lang}-${width}`);
    const me = await b.page.evaluate(async (x) => {
      const r = await fetch('/api/v1/me', { headers: { Authorization: `Bearer ${x}` }, credentials: 'omit' });
      return r.json();
    }, secret);
    assert.equal(me.tenant.name, person.company);
    await b.close();
  }
  const b = await open(s, { person: other, lang: 'en' });
  await b.to('/operator');
  const before = (await api(b, 'GET', 'operator/prices')).data;
  await b.page.getByRole('button', { name: 'New prices' }).click();
  const book = b.page.getByRole('dialog').first();
  await book.getByLabel('From month').fill('2026-01');
  await book.getByRole('textbox', { name: 'Note' }).fill('dearer documents');
  await book.getByLabel('Minimum a month').fill('25');
  const documents = book.getByRole('group', { name: /^Documents processed/ });
  await documents.getByRole('button', { name: 'Add a tier' }).click();
  await documents.getByLabel('Up to').last().fill('100000');
  await documents.getByLabel('Price above that').fill('0.01');
  const publish = async () => {
    await book.getByRole('button', { name: 'Publish', exact: true }).click();
    await b.page.getByRole('dialog').last().getByRole('button', { name: 'OK' }).click();
  };
  await publish();
  await book.getByRole('alert').getByText('valid_from').waitFor();
  await book.getByLabel('From month').fill('2030-05');
  await publish();
  await book.waitFor({ state: 'hidden' });
  await b.page.getByRole('cell', { name: 'dearer documents' }).waitFor();
  const [now] = (await api(b, 'GET', 'operator/prices')).data;
  assert.deepEqual([now.version, now.valid_from, now.prices.CNY.minimum], [before[0].version + 1, '2030-05-01', '25']);
  const tiers = now.prices.CNY.items.find((x) => x.meter === 'documents').tiers;
  assert.deepEqual(
    tiers.slice(-2).map((x) => [x.up_to, x.price]),
    [
      ['100000', '0.02'],
      [null, '0.01'],
    ],
  );
  await clean(b);
  await b.close();
});
