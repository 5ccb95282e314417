// The whole loop as seven people walk it, each in a browser of their own: from the sign-up of a company to its first paid invoice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, open, pick, suite } from './harness.mjs';

const s = suite();
const password = 'correct-horse-42';
const mail = (who) => `${who}.${process.pid}@story.test`;

async function make(b, at, data) {
  const row = await api(b, 'POST', at, data, { 'Idempotency-Key': crypto.randomUUID() });
  assert.ok(row.id, `${at}: ${JSON.stringify(row)}`);
  return row;
}
const one = async (b, at) => {
  const { data } = await api(b, 'GET', at);
  assert.equal(data?.length, 1, at);
  return data[0];
};
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

// signUp opens the company in the browser; its owner hires one colleague by the page, the others by the API.
async function signUp() {
  const b = await open(s);
  const { page } = b;
  await b.to('/signup');
  await page.getByLabel('企业名称').fill('远景包装机械有限公司');
  await page.getByLabel('您的姓名').fill('王芳');
  await page.getByLabel('工作邮箱').fill(mail('owner'));
  await page.getByLabel('密码').fill(password);
  await page.getByLabel(/服务条款/).check();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '王芳，您好' }).waitFor();
  await clean(b);

  await b.to('/users');
  await page.getByRole('button', { name: '添加成员' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('姓名').fill('李娜');
  await dialog.getByLabel('邮箱').fill(mail('sales'));
  await dialog.getByLabel('初始密码').fill(password);
  await dialog.getByLabel('销售员', { exact: true }).check();
  await clean(b);
  await dialog.getByRole('button', { name: /保\s*存/ }).click();
  await page.getByRole('link', { name: /李娜/ }).waitFor();
  for (const [who, name] of [
    ['sales_director', '陈静'],
    ['planner', '周强'],
    ['buyer', '吴敏'],
    ['warehouse', '郑涛'],
    ['finance', '孙丽'],
  ])
    await make(b, 'users', { name, email: mail(who), password, roles: [who], locale: 'zh-CN' });
  return b;
}

// catalogue is what the company makes and buys: a machine of one frame, and a frame of two gears that come from a vendor.
async function catalogue(b) {
  const product = (number, name, supply, list_price, standard_cost) =>
    make(b, 'inventory/products', { number, name, supply, list_price, standard_cost, type: 'stock', unit: 'pcs' });
  const machine = await product('HT-900', '全自动装箱机', 'make', '75000', '30000');
  const frame = await product('FR-900', '机架总成', 'make', '0', '5000');
  const gear = await product('RM-900', '行星减速机', 'buy', '0', '800');
  const vendor = await make(b, 'purchasing/vendors', { name: '宁波力源传动有限公司' });
  await make(b, 'purchasing/vendor_prices', { product_id: gear.id, vendor_id: vendor.id, price: '780', lead_time_days: 3 });
  for (const [of, part, quantity] of [
    [machine, frame, '1'],
    [frame, gear, '2'],
  ])
    await make(b, 'production/bills_of_materials', {
      product_id: of.id,
      output_quantity: '1',
      lines: [{ component_id: part.id, quantity }],
    });
}

const as = (who, options) => open(s, { person: { email: mail(who), password }, ...options });

// sell types customer and deal, drops the deal on "won", and confirms with a double click.
async function sell(b) {
  const { page } = b;
  await b.to('/crm/customers/new');
  await page.getByLabel(/名称$/).first().fill('海澜重工股份有限公司');
  await page.keyboard.press('Control+s');
  await page.getByRole('heading', { name: '海澜重工股份有限公司' }).waitFor();
  await clean(b);
  const customer = page.url().split('/').at(-1);

  await b.to(`/crm/opportunities/new?customer_id=${customer}`);
  await page.getByLabel(/名称$/).first().fill('海澜装箱线');
  await pick(page, '产品，第 1 行', '装箱机');
  await page.getByLabel('数量，第 1 行').fill('2');
  await clean(b);
  await page.keyboard.press('Control+s');
  await page.getByRole('heading', { name: '海澜装箱线' }).waitFor();
  const deal = page.url().split('/').at(-1);

  await b.to('/crm/pipeline');
  await drop(page, '海澜装箱线');
  const dialog = page.getByRole('dialog');
  for (const said of ['生成销售订单', '需要审批', '安排生产', '申请采购', '登记应收'])
    await dialog.getByText(said).first().waitFor();
  await clean(b);
  const answers = [];
  page.on('response', (r) => r.url().endsWith(`/${deal}/win`) && answers.push(r.status()));
  await dialog.getByRole('button', { name: '赢单' }).dblclick();
  await page.locator('.ant-modal-confirm-title', { hasText: '已提交审批' }).waitFor();
  assert.deepEqual(answers, [202]);
  await clean(b);
  const order = await one(b, `sales/orders?opportunity_id=${deal}`);
  assert.equal(order.status, 'pending_approval');
  return { deal, order };
}

async function drop(page, text) {
  const card = page.locator('.kanban-card', { hasText: text }).first();
  const from = await card.boundingBox();
  await page.mouse.move(from.x + 40, from.y + from.height - 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + from.height + 8, { steps: 4 });
  const to = await page.locator('.kanban-zone', { hasText: '赢单' }).boundingBox();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 8 });
  await page.locator('.kanban-zone.over').waitFor();
  await page.mouse.up();
}

// agree is the director's yes, on a phone, by thumb.
async function agree(order) {
  const b = await as('sales_director', { width: 390, touch: true });
  await b.to('/approvals');
  await b.page.getByRole('button', { name: new RegExp(order.no) }).tap();
  await b.page.getByRole('tabpanel', { name: '批准后' }).locator('.outcome').waitFor();
  await clean(b);
  assert.ok(await fits(b.page), 'the approval is wider than the phone');
  await b.page.getByRole('button', { name: '批准', exact: true }).tap();
  await b.page.getByText('没有等您审批的单据').waitFor();
  await clean(b);
  assert.equal((await api(b, 'GET', `sales/orders/${order.id}`)).status, 'confirmed');
  await b.close();
}

// release lets the orders go that the cascade has planned, each from its page.
async function release(b, orders) {
  for (const o of orders) {
    await b.to(`/production/production_orders/${o.id}`);
    await b.page.getByRole('button', { name: '下达', exact: true }).click();
    const dialog = b.page.getByRole('dialog');
    await dialog.getByRole('button', { name: '下达', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await clean(b);
  }
}

async function buy() {
  const b = await as('buyer');
  const { page } = b;
  await b.to('/purchasing/desk');
  await page.getByLabel('选择这家供应商的全部申请').check();
  await page.getByRole('button', { name: '生成采购单（1）' }).click();
  await page.getByText('已放入 1 张采购单：').waitFor();
  await clean(b);
  await page.getByRole('button', { name: '确认', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '确认', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('没有待处理的采购申请').waitFor();
  const order = await one(b, 'purchasing/orders');
  assert.deepEqual([order.status, order.lines[0].quantity], ['confirmed', '4']);
  await clean(b);
  await b.close();
  return order;
}

// scan types as a scanner does, wherever the focus is; no mouse.
async function scan(b, document, goods, told) {
  const { page } = b;
  for (const text of [document, goods]) {
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    if (text === document) await page.getByRole('heading', { name: /^(RC|DO)/ }).waitFor();
  }
  await page.getByText(told).waitFor();
  await clean(b);
  await page.keyboard.press('Control+Enter');
}

// produce issues and completes an order with the big buttons of the shop floor.
async function produce(b, order) {
  const { page } = b;
  await b.to('/production/floor');
  await page.getByRole('button', { name: new RegExp(order.no) }).click();
  await page.getByRole('button', { name: '领料' }).click();
  await page.getByRole('button', { name: '料已领齐' }).waitFor();
  await page.getByRole('button', { name: '完工' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '完工' }).click();
  await page.getByText('这张工单已完成').waitFor();
  await clean(b);
}

// collect records the customer's money and matches it to the invoice.
async function collect(order) {
  const b = await as('finance');
  const { page } = b;
  await b.to('/');
  const invoice = await one(b, `finance/invoices?order_id=${order.id}`);
  assert.equal(invoice.total_amount, '169500.00');
  await b.to(`/finance/payments/new?customer_id=${order.customer_id}`);
  await page.getByLabel(/^\*?金额$/).fill('169500');
  await page.keyboard.press('Control+s');
  await page.waitForURL(/\/finance\/payments\/[0-9a-f-]{36}$/);
  await b.to('/finance/matching');
  await page.getByRole('button', { name: '过账', exact: true }).click();
  await page.getByRole('button', { name: '建议', exact: true }).click();
  await page.getByRole('region', { name: '本次核销' }).getByText(invoice.no).waitFor();
  await clean(b);
  await page.getByRole('button', { name: '核销', exact: true }).click();
  await page.getByText('没有待核销的款项').waitFor();
  await clean(b);
  assert.equal((await api(b, 'GET', `finance/invoices/${invoice.id}`)).residual_amount, '0.00');
  await b.close();
}

test('seven people, from sign-up to the paid invoice', { timeout: 600_000 }, async () => {
  const owner = await signUp();
  await catalogue(owner);
  const seller = await as('sales');
  const { deal, order } = await sell(seller);
  await agree(order);

  const planner = await as('planner');
  await planner.to('/production/board');
  await clean(planner);
  const orders = (await api(planner, 'GET', 'production/production_orders?sort=-parent_id')).data;
  assert.equal(orders.length, 2);
  const frame = orders.find((o) => o.parent_id);
  const machine = orders.find((o) => !o.parent_id);
  await release(planner, [frame, machine]);
  const bought = await buy();

  const store = await as('warehouse');
  await store.to('/inventory/receiving');
  await store.page.getByRole('button', { name: /RC0/ }).waitFor();
  await scan(store, bought.no, '4*RM-900', '行星减速机：4 / 4');
  await store.page.getByText('没有待收的货').waitFor();
  await produce(planner, frame);
  await produce(planner, machine);
  await store.to('/inventory/shipping');
  await store.page.getByRole('button', { name: /DO0/ }).waitFor();
  await scan(store, order.no, '2*HT-900', '全自动装箱机：2 / 2');
  await store.page.getByText('没有可发的货').waitFor();
  await clean(store);
  await collect(order);

  await seller.to(`/crm/opportunities/${deal}`);
  await seller.page.getByText('¥169,500.00').first().waitFor();
  await clean(seller);
  const won = await api(seller, 'GET', `crm/opportunities/${deal}`);
  assert.deepEqual([won.collected_amount, won.delivery_status, won.payment_status], ['169500.00', 'shipped', 'paid']);
  assert.equal((await api(seller, 'GET', `sales/orders/${order.id}`)).status, 'done');
  for (const b of [owner, seller, planner, store]) await b.close();
});
