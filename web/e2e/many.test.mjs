// A list of 100,000 records: any place of it is reached at once, filtered and sorted, and the page stays small.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, company, open, pick, suite } from './harness.mjs';

const s = suite();
const many = 100_000;
const number = (i) => `K${String(i).padStart(6, '0')}`;

// send sends records as people do: a file, of which a task comes.
async function send(b, path, titles, rows) {
  const { csrf_token } = await api(b, 'GET', 'me');
  const buffer = Buffer.from(`${titles}\n${rows.join('\n')}\n`);
  const r = await b.context.request.post(`${s.base}/api/v1/${path}/import?async=true`, {
    headers: { 'X-Csrf-Token': csrf_token },
    multipart: { file: { name: 'table.csv', mimeType: 'text/csv', buffer } },
    timeout: 300_000,
  });
  return (await r.json()).job;
}

const begin = (b) =>
  send(
    b,
    'crm/customers',
    'number,name,credit_limit',
    Array.from({ length: many }, (_, i) => `${number(i)},客户 ${i % 997}-${i},${i % 1000}`),
  );

// arrived waits for a task until all of its records are there.
async function arrived(b, job, n) {
  for (;;) {
    const now = await api(b, 'GET', `jobs/${job}`);
    if (now.state === 'completed') return assert.equal(now.result.created, n);
    assert.ok(!/failed|parked|cancelled/.test(now.state), JSON.stringify(now));
    await b.page.waitForTimeout(400);
  }
}

// small holds the page against what a list of any length may weigh.
async function small(page) {
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  assert.ok(elements < 4000, `${elements} elements`);
  assert.ok((await page.locator('.grid-row.body').count()) < 80);
}

async function heap(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  await cdp.detach();
  return usedSize / 1_000_000;
}

const row = (page, text) => page.getByRole('gridcell', { name: text, exact: true });
const scroll = (page, part) =>
  page.getByRole('grid').evaluate((el, p) => {
    el.scrollTop = (el.scrollHeight - el.clientHeight) * p;
  }, part);

test('100,000 rows: to the end and the middle at once, filtered, sorted, chosen; the page stays small', {
  timeout: 600_000,
}, async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  const job = await begin(b); // one that is called off leaves nothing
  await page.getByRole('button', { name: '任务' }).click();
  await page.getByRole('button', { name: '取消任务' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '取消任务' }).click();
  await page.getByText('已取消，没有保存任何内容').waitFor();
  await clean(b);
  assert.equal((await api(b, 'GET', `jobs/${job}`)).state, 'cancelled');
  assert.equal((await api(b, 'GET', 'crm/customers?limit=1&count=true')).total, 0);
  await arrived(b, await begin(b), many);
  await b.to('/crm/customers?sort=number&cols=number,name,credit_limit');
  await page.getByText('100,000 条').waitFor();
  assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), String(many + 1));
  await row(page, number(0)).waitFor();
  await small(page);
  await clean(b);
  const before = await heap(page);

  await scroll(page, 1); // the scroll bar to its end
  await row(page, number(many - 1)).waitFor();
  await small(page);
  await clean(b);
  await scroll(page, 0.5);
  await row(page, number(many / 2)).waitFor();
  await scroll(page, 0);
  await row(page, number(0)).focus();
  await page.keyboard.press('Control+End'); // the keys go there too, and hold the place while it is read
  await row(page, number(many - 1)).waitFor();
  await page.waitForFunction((at) => document.activeElement?.getAttribute('data-at') === at, `${many - 1}:2`);
  await page.keyboard.press('PageUp');
  await page.waitForFunction((at) => document.activeElement?.getAttribute('data-at') === at, `${many - 21}:2`);
  await page.keyboard.press('Control+Home');
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-at') === '0:0');

  for (let i = 1; i <= 30; i++) {
    await scroll(page, i / 31);
    await page.waitForTimeout(60);
  }
  await row(page, number(96_780)).waitFor();
  await small(page);
  const after = await heap(page);
  assert.ok(after < before + 40, `${before} MB became ${after} MB`);

  await scroll(page, 0);
  await page.getByLabel('选择 客户 0-0').check();
  await scroll(page, 1);
  await page.getByLabel(`选择 客户 ${(many - 1) % 997}-${many - 1}`).check();
  await page.getByText('已选 2 条').waitFor(); // the first is still chosen, far away
  await page.getByRole('button', { name: '取消选择' }).click();

  await page.getByRole('columnheader').getByRole('button', { name: '信用额度' }).click();
  await page.waitForURL(/sort=credit_limit/);
  await page.getByRole('columnheader').getByRole('button', { name: '信用额度' }).click();
  await row(page, '¥999.00').first().waitFor();
  assert.equal(await page.getByRole('grid').evaluate((el) => el.scrollTop), 0);
  await page.getByLabel('在列表中搜索').fill('99999');
  await page.getByText('1 条', { exact: true }).waitFor();
  await row(page, number(99_999)).waitFor();
  await clean(b);
  await b.close();
});

test('a month with more records than a calendar shows says so, and leads to the filters, as the key F does', {
  timeout: 600_000,
}, async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/');
  const day = await page.evaluate(() => new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }));
  const rows = Array.from({ length: 520 }, (_, i) => `回访 ${i},${day}`);
  await arrived(b, await send(b, 'crm/activities', 'subject,due_date', rows), 520);
  await b.to('/crm/activities?as=calendar');
  const notice = page.getByRole('status').filter({ hasText: '本月共 520 条，只显示前 500 条' });
  await notice.waitFor();
  await clean(b);
  const panel = page.locator('.pop-panel');
  const entered = () => page.waitForFunction(() => document.querySelector('.pop-panel')?.contains(document.activeElement));
  await notice.getByRole('button', { name: '筛选' }).click();
  await panel.waitFor();
  await entered();
  await clean(b);
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await page.locator('h1').click();
  await page.keyboard.press('f');
  await panel.waitFor();
  await entered();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await page.getByLabel('在列表中搜索').fill('回访 519');
  await notice.waitFor({ state: 'detached' });
  await page
    .getByRole('button', { name: /回访 519/ })
    .or(page.getByText('回访 519'))
    .first()
    .waitFor();
  await clean(b);
  await b.close();
});

const table = (name, ...lines) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`) });

test('a company is taken over: files in the order that they need, tried as one, then in as one', {
  timeout: 600_000,
}, async () => {
  const person = await company(s);
  const b = await open(s, { person });
  const { page } = b;
  await b.to('/admin/settings');
  await page.getByRole('link', { name: '整体迁入' }).click();
  await page.getByRole('heading', { name: '整体迁入' }).waitFor();
  const put = async (file) => {
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('cell', { name: file.name }).first().waitFor();
  };
  await put(table('stock_counts.csv', 'location_id,lines.product_id,lines.counted_quantity,lines.unit_cost', 'STOCK,S,100,2.5'));
  await put(table('products.csv', 'number,name,type,unit,supply,旧系统编码', 'S,Steel,stock,斤,buy,77'));
  await put(table('customers.csv', 'number,抬头', 'C1,North', 'C2,South'));
  const files = await page.locator('.sheet td b').allTextContents();
  assert.ok(files.indexOf('products.csv') < files.indexOf('stock_counts.csv'), 'what is counted comes before its count');
  await page.getByText('不迁入的列：旧系统编码').waitFor();
  await page.getByText('不迁入的列：抬头').waitFor();
  await page.getByRole('button', { name: /已对应.*customers\.csv/ }).click();
  await pick(page, '“抬头”列的字段', '名称');
  await page.getByText('不迁入的列：抬头').waitFor({ state: 'detached' });
  await clean(b);
  await page.getByLabel('“stock_counts.csv”之后执行').click();
  await page.locator('.ant-select-item-option:visible', { hasText: '过账' }).click();
  await clean(b);
  await page.getByRole('button', { name: '整体检查' }).click();
  await page.getByText(/处错误，没有保存任何内容/).waitFor();
  assert.equal(await page.getByRole('button', { name: '全部迁入' }).isDisabled(), true);
  await clean(b);

  await put(table('products.csv', 'number,name,type,unit,supply', 'S,Steel,stock,kg,buy'));
  await page.getByRole('button', { name: '整体检查' }).click();
  await page.getByText('全部检查通过：共 4 行，可以迁入。').waitFor();
  await page.getByRole('region', { name: '迁入后的试算平衡' }).getByText('250.00').first().waitFor();
  assert.equal((await api(b, 'GET', 'inventory/products')).data.length, 0);
  await clean(b);
  await page.getByRole('button', { name: '全部迁入' }).click();
  await page.getByText('已全部迁入').waitFor();
  await clean(b);
  assert.equal((await api(b, 'GET', 'crm/customers?count=true')).total, 2);
  assert.equal((await api(b, 'GET', 'inventory/stock_counts')).data[0].status, 'posted');
  await b.to('/admin/jobs');
  await page.getByRole('cell', { name: '整体迁入' }).first().waitFor();
  await clean(b);
  await b.close();
});
