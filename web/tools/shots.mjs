// The pictures of docs/users.md and docs/users.zh-CN.md: the loop walked through in a demo company that runs (`make demo`, better a fresh one).
//   cd web && node tools/shots.mjs [http://127.0.0.1:8080] [zh|en]
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { quantise } from './png.mjs';

const [base = 'http://127.0.0.1:8080', only] = process.argv.slice(2);
const into = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((f) => f && fs.existsSync(f));
const browser = await chromium.launch({ executablePath: found, args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'] });
const words = {
  zh: {
    deal: '海澜重工产线改造',
    win: '赢单',
    ok: '赢单',
    choose: '选择这家供应商的全部申请',
    suggest: '建议',
    site: '苏州市工业园区星湖街 1 号',
  },
  en: {
    deal: 'Line upgrade',
    win: 'Won',
    ok: 'Win',
    choose: 'Choose all requisitions of this vendor',
    suggest: 'Suggest',
    site: '1 Harbour Road, Suzhou',
  },
};

// person opens the app as someone of the demo company.
async function person(lang, who, width = 1440) {
  const context = await browser.newContext({
    viewport: { width, height: width < 760 ? 844 : 900 },
    locale: lang === 'zh' ? 'zh-CN' : 'en-US',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    hasTouch: width < 760,
  });
  context.setDefaultTimeout(60_000);
  const login = { email: `${who}@demo.tenon`, password: 'tenon-demo' };
  const r = await context.request.post(`${base}/api/v1/login`, { data: login });
  if (!r.ok()) throw new Error(`${who}: ${await r.text()}`);
  const page = await context.newPage();
  await page.addInitScript((l) => {
    localStorage.setItem('lang', l);
    localStorage.setItem('theme', 'light');
  }, lang);
  const me = await (await context.request.get(`${base}/api/v1/me`)).json();
  const call = async (method, at, data) => {
    const headers = { 'X-Csrf-Token': me.csrf_token, 'Accept-Language': lang };
    const answer = await context.request.fetch(`${base}/api/v1/${at}`, { method, data, headers });
    if (!answer.ok()) throw new Error(`${method} ${at}: ${await answer.text()}`);
    return answer.json();
  };
  const to = async (at) => {
    await page.goto(base + at);
    await still(page);
  };
  const shot = async (name) => {
    await still(page);
    await page.mouse.move(0, 0);
    const file = `${name}.${lang}.png`;
    fs.writeFileSync(path.join(into, file), quantise(await page.screenshot()));
    console.log(file);
  };
  return { page, call, to, shot, close: () => context.close() };
}

async function still(page) {
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() => !document.querySelector('.skeletons'));
  await page.waitForTimeout(1500); // what a click asked for is there, too
}

// deal is made anew for each language; it is over 100,000, so that a director has to agree.
async function deal(sales, w) {
  const [product] = (await sales.call('GET', 'inventory/products?supply=make&type=stock&limit=1&sort=-list_price')).data;
  const customers = (await sales.call('GET', 'crm/customers?limit=1&sort=name')).data;
  const stages = (await sales.call('GET', 'crm/stages?sort=sequence')).data;
  const line = { product_id: product.id, quantity: '2', unit_price: '260000' };
  return sales.call('POST', 'crm/opportunities', {
    name: w.deal,
    customer_id: customers[0].id,
    stage: stages.at(-1).name,
    delivery_address: w.site,
    close_date: new Date().toISOString().slice(0, 10),
    lines: [line],
  });
}

// drop drags the card of a deal to where deals are won.
async function drop(page, text, zone) {
  const card = page.locator('.kanban-card', { hasText: text }).first();
  await card.scrollIntoViewIfNeeded();
  const from = await card.boundingBox();
  await page.mouse.move(from.x + 40, from.y + from.height - 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + from.height + 8, { steps: 4 });
  const to = await page.locator('.kanban-zone', { hasText: zone }).boundingBox();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 8 });
  await page.locator('.kanban-zone.over').waitFor();
  await page.mouse.up();
}

async function win(lang, w) {
  const sales = await person(lang, 'sales');
  const made = await deal(sales, w);
  await sales.to('/');
  await sales.shot('home');
  await sales.to('/crm/pipeline');
  await sales.shot('pipeline');
  await drop(sales.page, w.deal, w.win);
  const dialog = sales.page.getByRole('dialog');
  await dialog.locator('.outcome').first().waitFor();
  await sales.shot('win');
  await dialog.getByRole('button', { name: w.ok, exact: true }).click();
  await sales.page.locator('.ant-modal-confirm').waitFor();
  await sales.close();
  return made.id;
}

async function approve(lang, order) {
  const phone = await person(lang, 'director', 390);
  const [request] = (await phone.call('GET', `approvals?status=pending&record_id=${order.id}`)).data;
  await phone.to('/approvals');
  await phone.page
    .getByRole('button', { name: new RegExp(order.no) })
    .first()
    .click();
  await phone.page.locator('.outcome').first().waitFor();
  await phone.shot('approve');
  await phone.call('POST', `approvals/${request.id}/approve`, {});
  await phone.close();
}

// work shows what each colleague sees of it.
async function work(lang, w, order) {
  const sales = await person(lang, 'sales');
  await sales.to(`/sales/orders/${order.id}`);
  await sales.shot('order');
  await sales.close();

  const buyer = await person(lang, 'buyer');
  await buyer.to('/purchasing/desk');
  await buyer.page.getByLabel(w.choose).first().check();
  await buyer.shot('desk');
  await buyer.close();

  const planner = await person(lang, 'planner');
  await planner.to('/production/board');
  await planner.shot('board');
  await planner.close();

  const store = await person(lang, 'warehouse');
  const [ready] = (await store.call('GET', 'inventory/deliveries?status=ready&limit=1&sort=-no')).data;
  await store.to('/inventory/shipping');
  if (ready) {
    await store.page
      .getByRole('button', { name: new RegExp(ready.no) })
      .first()
      .click();
    await store.page.getByRole('heading', { name: ready.no }).waitFor();
    const goods = await store.call('GET', `inventory/products/${ready.lines[0].product_id}`);
    await store.page.keyboard.type(goods.number);
    await store.page.keyboard.press('Enter');
  }
  await store.shot('shipping');
  await store.close();

  const finance = await person(lang, 'finance');
  const [due] = (
    await finance.call('GET', 'finance/invoices?status=posted&currency=CNY&residual_amount[gt]=0&sort=due_date&limit=1')
  ).data;
  const money = { customer_id: due.customer_id, amount: due.residual_amount, memo: due.no };
  const paid = await finance.call('POST', 'finance/payments', money);
  await finance.call('POST', `finance/payments/${paid.id}/post`, {});
  await finance.to(`/finance/matching?payment=${paid.id}`);
  await finance.page.getByRole('button', { name: w.suggest, exact: true }).click();
  await finance.shot('matching');
  await finance.close();
}

for (const lang of only ? [only] : ['zh', 'en']) {
  const w = words[lang];
  const id = await win(lang, w);
  const sales = await person(lang, 'sales');
  const won = await sales.call('GET', `crm/opportunities/${id}`);
  const order = await sales.call('GET', `sales/orders/${won.order_id}`);
  await sales.close();
  await approve(lang, order);
  await work(lang, w, order);
}
await browser.close();
