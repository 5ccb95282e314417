// What hands do: write Chinese with an input method, and work without a mouse; and eyes at night.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, company, open, settled, suite } from './harness.mjs';

const s = suite();

// method writes as an input method does: letters that are not chosen yet, then characters.
async function method(page) {
  const cdp = await page.context().newCDPSession(page);
  const key = (type) => cdp.send('Input.dispatchKeyEvent', { type, key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 });
  return {
    async compose(letters) {
      for (let i = 1; i <= letters.length; i++)
        await cdp.send('Input.imeSetComposition', { text: letters.slice(0, i), selectionStart: i, selectionEnd: i });
    },
    async enter() {
      await key('rawKeyDown'); // it is the input method's: it takes the letters as they are
      await key('keyUp');
    },
    commit: (text) => cdp.send('Input.insertText', { text }),
  };
}

test('letters of an input method neither search nor submit until they are characters', { timeout: 600_000 }, async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  await page.getByRole('heading', { name: /您好/ }).waitFor();
  await api(b, 'POST', 'crm/customers', { name: '海澜重工股份有限公司', territory: '华东' });
  await api(b, 'POST', 'crm/customers', { name: '远景精密机械有限公司', territory: '华南' });
  const asked = [];
  page.on('request', (r) => {
    const q = /api\/v1\/.*[?&](q|name\[contains\]|name%5Bcontains%5D)=([^&]*)/.exec(r.url());
    if (q?.[2]) asked.push(decodeURIComponent(q[2]));
    if (r.method() === 'POST' && /crm\/(customers|contacts)$/.test(r.url())) asked.push('saved');
  });
  const only = (...want) => assert.deepEqual(asked.splice(0), want);
  const ime = await method(page);
  const writes = async (letters, text) => {
    await ime.compose(letters);
    await ime.enter();
    await page.waitForTimeout(400); // longer than any search waits for the next letter
    only();
    await ime.commit(text);
  };

  await b.to('/crm/customers'); // the search of a list
  await page.getByLabel('在列表中搜索').click();
  await writes('hailan', '海澜');
  await page.getByText('1 条', { exact: true }).waitFor();
  only('海澜');
  await clean(b);

  await page.keyboard.press('Control+k'); // the palette
  await page.getByRole('combobox').waitFor();
  await ime.compose('yuanjing');
  await ime.enter();
  await page.waitForTimeout(400);
  only();
  assert.ok(await page.getByRole('combobox').isVisible(), 'Enter has chosen something');
  await ime.commit('远景');
  await page.getByRole('option', { name: /远景精密/ }).waitFor();
  only('远景');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '远景精密机械有限公司' }).waitFor();

  await b.to('/crm/customers'); // a condition
  await page.getByRole('button', { name: '筛选' }).click();
  await page.getByRole('textbox', { name: '值' }).click();
  await writes('huadong', '华东');
  await page.keyboard.press('Enter');
  await page.getByText('1 条', { exact: true }).waitFor();
  await clean(b);
  asked.length = 0;

  await b.to('/crm/contacts/new'); // a form, and the search of a reference in it
  await page.getByLabel(/姓名$/).first().click();
  await writes('wangfang', '王芳');
  assert.equal(await page.getByLabel(/姓名$/).first().inputValue(), '王芳');
  await page.getByLabel(/^\*?客户$/).click();
  await page.locator('.ant-select-dropdown:visible').waitFor();
  await writes('hailan', '海澜');
  await page.locator('.ant-select-item-option:visible', { hasText: '海澜重工' }).waitFor();
  await page.waitForTimeout(300);
  only('海澜');
  await clean(b);
  await b.close();
});

// The keys of somebody without a mouse. at names what has the focus, as a screen reader would.
const at = (page) =>
  page.evaluate(() => {
    const el = document.activeElement;
    const label = el?.getAttribute('aria-label') ?? el?.labels?.[0]?.textContent;
    return (label ?? el?.textContent ?? '').replace(/\s+/g, '').replace(/^\*/, '');
  });

async function tab(page, name, most = 160) {
  for (let i = 0; i < most; i++) {
    const now = await at(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by keyboard to ${name}, last at ${await at(page)}`);
}

async function press(page, name) {
  await tab(page, name);
  await page.keyboard.press('Enter');
}

// entered waits until a dialog that opens has taken the focus.
const entered = (page) => page.waitForFunction(() => document.querySelector('[role=dialog]')?.contains(document.activeElement));

// goTo opens a page by the palette.
async function goTo(page, words, heading) {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: '搜索或执行命令' }).waitFor();
  await page.keyboard.type(words);
  await page.getByRole('option', { selected: true }).getByText(heading).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: heading }).first().waitFor();
}

// skip passes the menu over, by the link for it.
async function skip(page) {
  await press(page, '跳到主要内容');
  await page.waitForFunction(() => document.activeElement?.id === 'main');
}

async function choose(page, field, text) {
  await tab(page, field);
  await page.keyboard.type(text);
  await settled(page, 500);
  await page.locator('.ant-select-item-option-active:visible', { hasText: text }).waitFor();
  await page.keyboard.press('Enter');
}

async function stock(b) {
  const make = async (path, data) => {
    const made = await api(b, 'POST', path, data, { 'Idempotency-Key': crypto.randomUUID() });
    assert.ok(made.id, `${path}: ${JSON.stringify(made)}`);
    return made;
  };
  await make('crm/customers', { name: '海澜重工股份有限公司' });
  const goods = { number: 'M-100', name: '码垛机', type: 'stock', unit: 'pcs', supply: 'buy', list_price: '1000' };
  const product = await make('inventory/products', goods);
  const places = await api(b, 'GET', 'inventory/locations?type=internal');
  const lines = [{ product_id: product.id, counted_quantity: '9', unit_cost: '400' }];
  const count = await make('inventory/stock_counts', { location_id: places.data[0].id, lines });
  await api(b, 'POST', `inventory/stock_counts/${count.id}/post`, {});
}

test('from the deal to the matched payment by keyboard alone', { timeout: 600_000 }, async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  await page.getByRole('heading', { name: /您好/ }).waitFor();
  await stock(b);
  for (const name of ['click', 'dblclick', 'tap', 'hover', 'check']) page[name] = () => assert.fail('a mouse');

  await goTo(page, '新建商机', /商机/);
  await tab(page, '名称');
  await page.keyboard.type('海澜产线改造');
  await choose(page, '客户', '海澜重工');
  await choose(page, '产品，第1行', '码垛机');
  await tab(page, '数量，第1行');
  await page.keyboard.type('5');
  await page.keyboard.press('Control+s');
  await page.getByRole('heading', { name: '海澜产线改造' }).waitFor();
  await clean(b);

  await press(page, '赢单');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('预留库存').waitFor();
  await clean(b);
  await entered(page);
  await press(page, '赢单');
  await dialog.waitFor({ state: 'detached' });
  const [order] = (await api(b, 'GET', 'sales/orders')).data;
  assert.equal(order.status, 'confirmed');

  await goTo(page, '发货', /发货/);
  await page.getByRole('button', { name: /DO0/ }).waitFor();
  for (const scanned of [order.no, '5*M-100']) {
    await page.keyboard.type(scanned);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^DO/ }).waitFor();
  }
  await page.getByText('码垛机：5 / 5').waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText('没有可发的货').waitFor();
  const [invoice] = (await api(b, 'GET', `finance/invoices?order_id=${order.id}`)).data;
  assert.deepEqual([invoice.status, invoice.total_amount], ['posted', '5650.00']);

  await goTo(page, '新建收付款', /收付款/);
  await skip(page);
  await choose(page, '客户', '海澜重工');
  await tab(page, '金额');
  await page.keyboard.type('5650');
  await page.keyboard.press('Control+s');
  await page.waitForURL(/\/finance\/payments\/[0-9a-f-]{36}$/);
  await press(page, '过账');
  await dialog.getByText('更新收付款').waitFor();
  await entered(page);
  await press(page, '过账');
  await dialog.waitFor({ state: 'detached' });
  await goTo(page, '核销', /核销/);
  await press(page, '建议');
  await page.getByRole('region', { name: '本次核销' }).getByText(invoice.no).waitFor();
  await clean(b);
  await press(page, '核销');
  await page.getByText('没有待核销的款项').waitFor();
  await clean(b);
  assert.equal((await api(b, 'GET', `finance/invoices/${invoice.id}`)).residual_amount, '0.00');
  assert.equal((await api(b, 'GET', `sales/orders/${order.id}`)).status, 'done');
  await b.close();
});

test('in the dark every kind of page has its colours, on a wide screen and on a phone', { timeout: 600_000 }, async () => {
  const person = await company(s);
  const b = await open(s, { person, theme: 'dark' });
  const { page } = b;
  await b.to('/');
  await stock(b);
  const { data } = await api(b, 'GET', 'crm/customers');
  const lines = [{ product_id: (await api(b, 'GET', 'inventory/products')).data[0].id, quantity: '2' }];
  const order = await api(b, 'POST', 'sales/orders', { customer_id: data[0].id, lines });
  await api(b, 'POST', `sales/orders/${order.id}/confirm`, {});
  for (const at of [
    '/crm/customers',
    `/sales/orders/${order.id}`,
    `/sales/orders/${order.id}/edit`,
    '/crm/pipeline',
    '/sales/orders?as=calendar',
    '/inventory/shipping',
    '/finance/matching',
    '/approvals',
    '/admin/roles',
  ]) {
    await b.to(at);
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    await clean(b);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const at of ['/', '/sales/entry', `/sales/orders/${order.id}`]) {
    await b.to(at);
    await clean(b);
  }
  await b.close();
});
