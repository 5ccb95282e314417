// Who pays what: the trial's banner, prices before a switch, usage whose lines open to their events, the budget, the way out; wide and on a phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, company, open, suite } from './harness.mjs';

const s = suite();
const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });

for (const [lang, width, texts] of [
  ['zh', 1280, { banner: '试用期还剩', usage: '用量与费用', forecast: '本月预计', budget: '预算', off: '停用', end: '关闭企业' }],
  [
    'en',
    390,
    {
      banner: 'days of trial left',
      usage: 'Usage and cost',
      forecast: 'Forecast for the month',
      budget: 'Budget',
      off: 'Switch off',
      end: 'Close the workspace',
    },
  ],
]) {
  test(`billing in ${lang} at ${width}`, async () => {
    const person = await company(s);
    const b = await open(s, { person, lang, width, touch: width < 600 });
    await b.to('/');
    await b.page.getByText(texts.banner).first().waitFor();
    await api(b, 'POST', 'crm/customers', { name: '远景精密机械有限公司' }, key());
    await b.to('/billing/usage');
    await b.page.getByText(texts.forecast).first().waitFor();
    await clean(b);
    await b.to('/billing');
    await b.page.locator('form').first().locator('.billing-input').fill('500');
    const saved = b.page.waitForResponse((r) => r.url().endsWith('/api/v1/billing') && r.request().method() === 'PATCH');
    await b.page.locator('form').first().locator('button[type=submit]').click();
    assert.equal((await saved).status(), 200);
    const account = await api(b, 'GET', 'billing');
    assert.equal(account.budget, '500.00');
    await b.page.getByRole('heading', { name: texts.end }).waitFor();
    await clean(b);
    await b.to('/admin/modules');
    await b.page
      .getByRole('button', { name: /CRM|客户/ })
      .first()
      .waitFor();
    await clean(b);
  });
}
