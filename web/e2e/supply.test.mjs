// Goods on their way: a buyer orders at the requisition desk, a scanner receives and ships, the shop floor makes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, company, open, suite } from './harness.mjs';

const s = suite();
let person;
let part; // bought
let machine; // made of two parts

const get = (b, at) => api(b, 'GET', at);
async function make(b, at, data) {
  const row = await api(b, 'POST', at, data);
  assert.ok(row.id, `${at}: ${JSON.stringify(row)}`);
  return row;
}

// prepare sets a company up that buys a part and makes a machine of two of them.
async function prepare() {
  person = await company(s);
  const b = await open(s, { person });
  await b.to('/');
  part = await make(b, 'inventory/products', {
    number: 'RM-0103',
    name: '行星减速机',
    type: 'stock',
    supply: 'buy',
    unit: 'pcs',
  });
  machine = await make(b, 'inventory/products', {
    number: 'HT-100',
    name: '贴标机',
    type: 'stock',
    supply: 'make',
    unit: 'pcs',
    list_price: '900',
  });
  const vendor = await make(b, 'purchasing/vendors', { name: '宁波力源传动有限公司' });
  const dear = await make(b, 'purchasing/vendors', { name: '温州华仪电气元件厂' });
  const price = { product_id: part.id, currency: 'CNY', lead_time_days: 3 };
  await make(b, 'purchasing/vendor_prices', { ...price, vendor_id: vendor.id, price: '20' });
  await make(b, 'purchasing/vendor_prices', { ...price, vendor_id: dear.id, price: '25' });
  await make(b, 'production/bills_of_materials', {
    product_id: machine.id,
    output_quantity: '1',
    lines: [{ component_id: part.id, quantity: '2' }],
  });
  await make(b, 'purchasing/requisitions', { product_id: part.id, quantity: '12', vendor_id: vendor.id });
  await b.close();
}

test('the requisition desk compares prices, approves and makes an order, which is confirmed there', async () => {
  await prepare();
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/purchasing/desk');
  await page.getByRole('button', { name: /^比较/ }).click();
  await page.getByText('最低', { exact: true }).waitFor();
  await clean(b);
  await page.keyboard.press('Escape');
  await page.getByLabel('选择这家供应商的全部申请').check();
  await page.getByRole('button', { name: '生成采购单（1）' }).click();
  await page.getByText('已放入 1 张采购单：').waitFor();
  const [order] = (await get(b, 'purchasing/orders')).data;
  assert.equal(order.status, 'draft');
  assert.equal(order.lines[0].quantity, '12');
  await page.getByRole('status').getByRole('link', { name: order.no }).waitFor();
  await clean(b);
  await page.getByRole('button', { name: '确认', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: '确认', exact: true }).click();
  await page.getByText('没有待处理的采购申请').waitFor();
  await page.waitForFunction(() => !document.querySelector('[role=dialog]'));
  assert.equal((await get(b, `purchasing/orders/${order.id}`)).status, 'confirmed');
  await clean(b);
  await b.close();
});

// scan types as a scanner does: wherever the focus is, characters and Enter.
async function scan(page, text) {
  await page.locator('body').click({ position: { x: 2, y: 2 }, force: true });
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

test('a scanner receives an order without a mouse', async () => {
  const b = await open(s, { person, width: 1024 });
  const { page } = b;
  await b.to('/inventory/receiving');
  await page.getByRole('button', { name: /RC0/ }).waitFor();
  await clean(b);
  await scan(page, 'PO999999');
  await page.getByText('没有找到单据“PO999999”').waitFor();
  await scan(page, (await get(b, 'purchasing/orders')).data[0].no);
  await page.getByRole('heading', { name: /^RC/ }).waitFor();
  await scan(page, 'rm-0103');
  await page.getByText('行星减速机：1 / 12').waitFor();
  await scan(page, 'UNKNOWN');
  await page.getByText('“UNKNOWN”不在这张单据上').waitFor();
  await page.reload(); // what was counted stays
  await page.getByRole('heading', { name: /^RC/ }).waitFor();
  await scan(page, '11*RM-0103');
  await page.getByText('行星减速机：12 / 12').waitFor();
  await page.getByText('全部齐了').waitFor();
  await clean(b);
  await page.keyboard.press('Control+Enter');
  await page.getByText('没有待收的货').waitFor();
  const [receipt] = (await get(b, 'inventory/receipts')).data;
  assert.equal(receipt.status, 'received');
  await b.close();
});

test('the shop floor issues and completes an order with thumbs only', async () => {
  const b = await open(s, { person, width: 390, touch: true });
  const { page } = b;
  await b.to('/');
  const order = await make(b, 'production/production_orders', { product_id: machine.id, quantity: '3' });
  await make(b, `production/production_orders/${order.id}/release`, {});
  await b.to('/production/floor');
  await page.getByRole('button', { name: new RegExp(order.no) }).tap();
  await clean(b);
  await page.getByRole('button', { name: '领料' }).tap();
  await page.getByRole('button', { name: '料已领齐' }).waitFor();
  await page.getByRole('button', { name: '报废' }).tap();
  await page.getByRole('dialog').getByRole('button', { name: '报废' }).tap();
  await page.getByText('已报废 1').first().waitFor();
  await page.getByRole('button', { name: '完工' }).tap();
  const pad = page.getByRole('dialog');
  await pad.getByRole('button', { name: '2', exact: true }).tap();
  await pad.getByRole('button', { name: '完工' }).tap();
  await page.getByText('这张工单已完成').waitFor();
  const done = await get(b, `production/production_orders/${order.id}`);
  assert.deepEqual([done.status, done.done_quantity, done.scrap_quantity], ['done', '2', '1']);
  await clean(b);
  await b.close();
});

test('a scanner ships what is ready; the stock board knows', async () => {
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  const customer = await make(b, 'crm/customers', { name: '青岛蓝湾海产有限公司' });
  const line = { product_id: machine.id, quantity: '2', unit_price: '900' };
  const order = await make(b, 'sales/orders', { customer_id: customer.id, lines: [line] });
  await make(b, `sales/orders/${order.id}/confirm`, {});
  await b.to('/inventory/board?q=HT-100');
  await page.getByRole('region', { name: '贴标机' }).getByText(order.no).waitFor();
  await clean(b);
  await b.to('/inventory/shipping');
  await page.getByRole('button', { name: /DO0/ }).waitFor();
  await scan(page, order.no);
  await page.getByRole('heading', { name: /^DO/ }).waitFor();
  await scan(page, '2*HT-100');
  await page.getByText('贴标机：2 / 2').waitFor();
  await clean(b);
  await page.keyboard.press('Control+Enter');
  await page.getByText('没有可发的货').waitFor();
  const [delivery] = (await get(b, 'inventory/deliveries')).data;
  assert.equal(delivery.status, 'shipped');
  await b.close();
});

test('a lot is scanned after its product, and a count is written scan by scan', async () => {
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  const film = await make(b, 'inventory/products', {
    number: 'P-FILM',
    name: '复合包装膜',
    type: 'stock',
    supply: 'buy',
    unit: 'kg',
    tracking: 'lot',
  });
  const [vendor] = (await get(b, 'purchasing/vendors')).data;
  const line = { product_id: film.id, quantity: '5', unit_price: '8' };
  const order = await make(b, 'purchasing/orders', { vendor_id: vendor.id, lines: [line] });
  await make(b, `purchasing/orders/${order.id}/confirm`, {});
  await b.to('/inventory/receiving');
  await page.getByRole('button', { name: /RC0/ }).waitFor();
  await scan(page, order.no);
  await page.getByRole('heading', { name: /^RC/ }).waitFor();
  await scan(page, 'P-FILM');
  await page.getByText('复合包装膜：请接着扫描批次号').waitFor();
  await scan(page, '3*L-2026-A');
  await page.getByText('复合包装膜：3 / 5').waitFor();
  await scan(page, '2*L-2026-B');
  await page.getByText('复合包装膜：5 / 5').waitFor();
  await clean(b);
  await page.getByRole('button', { name: '确认收货' }).click();
  await page.getByText('没有待收的货').waitFor();
  const lots = (await get(b, `inventory/lots?product_id=${film.id}`)).data;
  assert.deepEqual(lots.map((l) => l.number).sort(), ['L-2026-A', 'L-2026-B']);

  const balance = (await get(b, `inventory/stock_balances?product_id=${film.id}`)).data.find((r) => r.on_hand === '3');
  await b.to(`/inventory/counting?at=${balance.location_id}`);
  await page.getByLabel('扫描产品编号或批次号').waitFor();
  await scan(page, '2*L-2026-A');
  await page.getByText('复合包装膜：已盘 2').waitFor();
  await clean(b);
  await page.getByRole('button', { name: '保存盘点单' }).click();
  await page.waitForURL(/inventory\/stock_counts\//);
  const [count] = (await get(b, 'inventory/stock_counts')).data;
  assert.deepEqual([count.lines[0].counted_quantity, count.lines[0].expected_quantity], ['2', '3']);
  await b.close();
});

test('the planner sees what is short, tries and runs planning, moves an order and opens its structure', async () => {
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  const order = await make(b, 'production/production_orders', { product_id: machine.id, quantity: '20' });
  await b.to('/production/board?as=short');
  await page.getByRole('link', { name: '行星减速机' }).waitFor();
  await clean(b);
  await b.to('/production/board');
  await page
    .getByText(/缺 1 种料/)
    .first()
    .waitFor();
  await clean(b);
  await b.to('/production/board?as=centers');
  await page.locator(`[data-bar^="${order.id}"]`).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText(`${order.no} 改到`).waitFor();
  await clean(b);
  const moved = await get(b, `production/production_orders/${order.id}`);
  assert.ok(moved.due_date > order.due_date, `${moved.due_date} after ${order.due_date}`);

  await b.to('/production/planning');
  await page.getByRole('button', { name: '试算' }).click();
  await page.getByText('试算结果（未保存）').waitFor();
  assert.equal((await get(b, 'production/planning_runs')).data.length, 0);
  await page.getByRole('button', { name: '运行计划' }).click();
  await page.getByText('待决定的建议').waitFor();
  await clean(b);
  assert.equal((await get(b, 'production/planning_runs')).data.length, 1);

  const [bom] = (await get(b, 'production/bills_of_materials')).data;
  await b.to(`/production/bills_of_materials/${bom.id}?tab=tree`);
  await page.getByRole('treegrid').getByText('行星减速机').waitFor();
  await clean(b);
  await b.close();
});
