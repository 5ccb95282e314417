// The loop that is seen: a deal is dropped on "won", what follows is shown before it happens, changes are explained, approvals are waited for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, company, open, settled, suite } from './harness.mjs';

const s = suite();

// market gives a fresh company a customer, a product that is bought, and some of it in stock.
async function market(b, { price = '1000', stock = '2' } = {}) {
  await b.to('/');
  await b.page.getByRole('heading', { name: /您好/ }).waitFor();
  const customer = await api(b, 'POST', 'crm/customers', { name: '海澜重工股份有限公司' });
  const product = await api(b, 'POST', 'inventory/products', {
    number: 'M-100',
    name: '码垛机',
    type: 'stock',
    unit: 'pcs',
    supply: 'buy',
    list_price: price,
  });
  const vendor = await api(b, 'POST', 'purchasing/vendors', { number: 'V-1', name: '苏州配件厂' });
  const offer = { product_id: product.id, vendor_id: vendor.id, price: '400', lead_time_days: 7 };
  await api(b, 'POST', 'purchasing/vendor_prices', offer);
  const places = await api(b, 'GET', 'inventory/locations?type=internal');
  const count = async (quantity) => {
    const made = await api(b, 'POST', 'inventory/stock_counts', {
      location_id: places.data[0].id,
      lines: [{ product_id: product.id, counted_quantity: quantity, unit_cost: '400' }],
    });
    const posted = await api(b, 'POST', `inventory/stock_counts/${made.id}/post`, {});
    assert.equal(posted.status, 'posted', JSON.stringify(posted));
  };
  await count(stock);
  const deal = await api(b, 'POST', 'crm/opportunities', {
    name: '海澜产线改造',
    customer_id: customer.id,
    requested_date: '2027-03-31',
    delivery_address: '苏州市工业园区 1 号',
    lines: [{ product_id: product.id, quantity: '5', unit_price: price }],
  });
  assert.ok(deal.id, JSON.stringify(deal));
  return { customer, product, deal, count };
}

// dropOnWon drags a card to where deals are won.
async function dropOnWon(page, text) {
  const card = page.locator('.kanban-card', { hasText: text }).first();
  await card.scrollIntoViewIfNeeded();
  const from = await card.boundingBox();
  await page.mouse.move(from.x + 40, from.y + from.height - 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + from.height + 8, { steps: 4 });
  const zone = page.locator('.kanban-zone', { hasText: '赢单' });
  await zone.waitFor();
  const to = await zone.boundingBox();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 8 });
  await page.locator('.kanban-zone.over').waitFor();
  await page.mouse.up();
}

test('a deal dropped on won shows what follows; what changed since is explained; then it happens and is followed', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  const { deal, count } = await market(b);
  await b.to('/crm/pipeline');
  await page.getByRole('link', { name: '海澜产线改造' }).waitFor();
  await clean(b);
  await dropOnWon(page, '海澜产线改造');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('生成销售订单').waitFor();
  await dialog.getByText('预留库存').waitFor();
  await dialog.getByText('申请采购').waitFor();
  await dialog.getByText('登记应收').waitFor();
  await clean(b);

  await count('5'); // meanwhile someone finds more in stock: nothing has to be bought
  await dialog.getByRole('button', { name: '赢单' }).click();
  await dialog.getByText('您查看之后情况有变').waitFor();
  await dialog.locator('.outcome-since .gone', { hasText: '申请采购' }).waitFor();
  assert.equal((await api(b, 'GET', `crm/opportunities/${deal.id}`)).status, 'open');
  await clean(b);
  await dialog.getByRole('button', { name: '赢单' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.locator('.kanban-column', { hasText: '赢单' }).getByRole('link', { name: '海澜产线改造' }).waitFor();

  const won = await api(b, 'GET', `crm/opportunities/${deal.id}`);
  assert.equal(won.status, 'won');
  await b.to(`/crm/opportunities/${deal.id}`);
  await page.getByRole('region', { name: '履约进度' }).getByText('发货').waitFor();
  await page.getByRole('navigation', { name: '单据链' }).getByText('销售订单').waitFor();
  await clean(b);
  const deliveries = await api(b, 'GET', `inventory/deliveries?order_id=${won.order_id}`);
  await b.to(`/inventory/deliveries/${deliveries.data[0].id}`);
  await page.getByRole('button', { name: '为什么会有这张单据？' }).click();
  await page.locator('.why ol').getByRole('link', { name: '海澜产线改造' }).waitFor();
  await clean(b);
  await b.close();
});

test('an order over 100,000 is parked, and the page says for whom it waits', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  const { deal } = await market(b, { price: '30000', stock: '9' });
  await b.to('/crm/pipeline');
  await dropOnWon(page, '海澜产线改造');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('需要审批').waitFor();
  await dialog.getByText(/审批人：.*销售总监/).waitFor();
  await clean(b);
  await dialog.getByRole('button', { name: '赢单' }).click();
  await page.locator('.ant-modal-confirm-title', { hasText: '已提交审批' }).waitFor();
  const won = await api(b, 'GET', `crm/opportunities/${deal.id}`);
  assert.equal((await api(b, 'GET', `sales/orders/${won.order_id}`)).status, 'pending_approval');
  await b.to(`/sales/orders/${won.order_id}`);
  await page.getByText(/等待 .*销售总监.* 审批/).waitFor();
  await clean(b);
  await b.close();
});

test('cards move by keyboard, and a move can be undone', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  const { deal } = await market(b);
  await b.to('/crm/pipeline');
  await page.getByRole('link', { name: '海澜产线改造' }).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.getByRole('button', { name: '撤销' }).waitFor();
  assert.notEqual((await api(b, 'GET', `crm/opportunities/${deal.id}`)).stage, deal.stage);
  const undone = page.waitForResponse((r) => r.request().method() === 'PATCH' && r.url().includes(deal.id));
  await page.getByRole('button', { name: '撤销' }).click();
  assert.equal((await undone).status(), 200);
  assert.equal((await api(b, 'GET', `crm/opportunities/${deal.id}`)).stage, deal.stage);
  await clean(b);
  await page.getByRole('link', { name: '海澜产线改造' }).press('Enter');
  await page.getByRole('complementary', { name: /侧栏：海澜产线改造/ }).waitFor();
  await clean(b);
  await page.keyboard.press('Escape');
  await page.getByRole('complementary', { name: /侧栏/ }).waitFor({ state: 'detached' });
  await b.close();
});

// choose takes with Enter what was searched, as soon as it is there.
async function choose(page, text) {
  await settled(page, 500);
  await page.locator('.ant-select-item-option-active:visible', { hasText: text }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => !document.querySelector('.ant-select-open'));
}

test('an order is typed by keyboard alone, with price, stock and totals as one types', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await market(b);
  await b.to('/sales/entry');
  await page.getByLabel(/^\*?客户$/).waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
  await page.keyboard.type('海澜');
  await choose(page, '海澜重工');
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.getAttribute('aria-label') === '产品，第 1 行')) break;
  }
  await page.keyboard.type('码垛');
  await choose(page, '码垛机');
  await page.keyboard.press('Tab');
  await page.keyboard.type('3');
  const side = page.getByRole('complementary', { name: '合计与信用' });
  await side.getByText('¥3,390.00').waitFor(); // 3 × 1,000 and 13 %
  await page.locator('td.shown', { hasText: '¥3,000.00' }).waitFor();
  await clean(b);
  await page.keyboard.press('Control+Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('预留库存').waitFor();
  await clean(b);
  for (let i = 0; i < 6; i++) {
    if (
      await page.evaluate(() => document.activeElement?.textContent === '确认' || document.activeElement?.textContent === '确 认')
    )
      break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/sales\/orders\/[0-9a-f-]{36}$/);
  const id = page.url().split('/').at(-1);
  const order = await api(b, 'GET', `sales/orders/${id}`);
  assert.equal(order.status, 'confirmed');
  assert.equal(order.total_amount, '3390.00');
  await clean(b);
  await b.close();
});

test('lines are pasted from a spreadsheet; what is not known is named', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  const { customer } = await market(b);
  await api(b, 'POST', 'inventory/products', { number: 'M-200', name: '贴标机', type: 'stock', unit: 'pcs', list_price: '500' });
  await b.to('/sales/entry');
  await page.getByLabel(/^\*?客户$/).fill('海澜');
  await page.locator('.ant-select-item-option', { hasText: '海澜重工' }).click();
  const cell = page.getByLabel('产品，第 1 行');
  await cell.focus();
  await cell.evaluate((el) => {
    const data = new DataTransfer();
    data.setData('text/plain', 'M-100\t2\r\n贴标机\t1,000\r\n没有的产品\t1\r\n');
    el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await page.getByText(/第 3 行 产品“没有的产品”/).waitFor();
  assert.equal(await page.getByLabel('数量，第 2 行').inputValue(), '1000');
  await page.getByRole('button', { name: '删除第 3 行' }).click();
  await page.getByRole('complementary', { name: '合计与信用' }).getByText('¥567,260.00').waitFor(); // (2 × 1,000 + 1,000 × 500) × 1.13
  await clean(b);
  await page.keyboard.press('Control+s');
  await page.waitForURL(/\/sales\/orders\/[0-9a-f-]{36}$/);
  const order = await api(b, 'GET', `sales/orders/${page.url().split('/').at(-1)}`);
  assert.equal(order.customer_id, customer.id);
  assert.deepEqual(
    order.lines.map((l) => l.quantity),
    ['2', '1000'],
  );
  await clean(b);
  await b.close();
});

test('a confirmed order is amended: what differs and what becomes of its documents is shown first', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  const { customer, product } = await market(b);
  const order = await api(b, 'POST', 'sales/orders', {
    customer_id: customer.id,
    requested_date: '2027-03-31',
    lines: [{ product_id: product.id, quantity: '5' }],
  });
  await api(b, 'POST', `sales/orders/${order.id}/confirm`, {});
  await b.to(`/sales/orders/${order.id}`);
  await page.getByRole('button', { name: '变更', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('还没有改动').waitFor();
  await dialog.getByLabel('数量，第 1 行').fill('1');
  await dialog.getByLabel('变更原因').fill('客户减量');
  await dialog.getByText('数量 5 → 1').waitFor();
  await dialog.locator('.outcome-fates li', { hasText: '采购申请' }).waitFor();
  await clean(b);
  await dialog.getByRole('button', { name: '变更', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await api(b, 'GET', `sales/orders/${order.id}`)).lines[0].quantity, '1');
  await clean(b);
  await b.close();
});

test('lists of any module are boards, calendars, gantt charts; on a phone too', async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  const { deal } = await market(b);
  for (const at of [
    '/sales/orders?as=board',
    '/crm/opportunities?as=calendar',
    '/projects/tasks?as=gantt',
    `/crm/opportunities?open=${deal.id}`,
  ]) {
    await b.to(at);
    await clean(b);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const at of [
    '/crm/pipeline',
    '/sales/entry',
    '/sales/orders?as=board',
    '/crm/opportunities?as=calendar',
    '/projects/tasks?as=gantt',
  ]) {
    await b.to(at);
    await clean(b);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${at} is wider than the screen`);
  }
  await b.close();
});
