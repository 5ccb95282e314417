// Two security officers: one writes a version of the rights, tries it out and submits it; the other reads it, publishes it and rolls it back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, clean, company, open, suite } from './harness.mjs';

const s = suite();
const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });

async function officer(owner, name, options = {}) {
  const person = { name, email: `${name}.${Date.now()}@e2e.test`, password: 'correct-horse-42' };
  const made = await api(owner, 'POST', 'users', { ...person, roles: ['security_officer'], locale: 'en' }, key());
  assert.ok(made.id, JSON.stringify(made));
  return open(s, { person, lang: 'en', ...options });
}

const cases = `cases:
  - name: a large order needs a director
    who: [sales]
    entity: sales.order
    record: {company_amount: "250000.01"}
    may: ["approval:confirm"]
  - name: warehouse does not change what is paid
    who: [warehouse]
    entity: finance.invoice
    may_not: ["edit:payment"]`;

test('two officers publish the two rules and roll back, one of them on a phone', async () => {
  const person = await company(s);
  const owner = await open(s, { person });
  await owner.to('/');
  const ann = await officer(owner, 'ann');
  const ben = await officer(owner, 'ben', { width: 390, touch: true });

  await ann.to('/admin/policy');
  await clean(ann);
  await ann.page.getByRole('button', { name: 'New draft' }).click();
  await ann.page.getByLabel('What it changes').fill('Directors from 250,000; payment by finance');
  const now = await api(ann, 'GET', 'roles');
  const limit = now.rules.find((r) => r.approval?.entity === 'sales.order');
  assert.ok(limit, 'the shipped limit');
  await ann.page.locator('.rule input').first().fill('250000');
  await clean(ann);
  await ann.page.getByRole('tab', { name: 'Cases' }).click();
  await ann.page.locator('.cm-content').click();
  await ann.page.keyboard.insertText(cases);
  await ann.page.getByRole('button', { name: 'Check and run the cases' }).click();
  await ann.page.getByText('2 of 2 cases hold').waitFor();
  await clean(ann);
  await ann.page.getByRole('tab', { name: 'Rego' }).click();
  await ann.page.locator('.cm-content').click();
  await ann.page.keyboard.insertText('package tenant\n\ndeny contains {');
  await ann.page.getByRole('button', { name: 'Check and run the cases' }).click();
  await ann.page.locator('.cm-lintRange-error, .cm-lint-marker-error').first().waitFor();
  await ann.page
    .getByText(/line 3/)
    .first()
    .waitFor();
  await ann.page.locator('.cm-content').press('Control+a');
  await ann.page.locator('.cm-content').press('Delete');
  await ann.page.getByRole('button', { name: 'Submit for review' }).click();
  await ann.page.getByText('You have written in this version. Somebody else has to publish it.').waitFor();
  assert.equal(await ann.page.getByRole('button', { name: 'Publish', exact: true }).count(), 0);
  await clean(ann);

  await ben.to('/admin/policy');
  await clean(ben);
  await ben.page.getByRole('button', { name: 'Directors from 250,000; payment by finance' }).click();
  await ben.page.getByRole('tab', { name: 'Difference' }).click();
  await ben.page.getByText(/The rule is now: .*250000/).waitFor();
  await clean(ben);
  await ben.page.getByRole('tab', { name: 'Leak prover' }).click();
  await ben.page.getByText('Not run yet').waitFor();
  await ben.page.getByRole('button', { name: 'Publish', exact: true }).click();
  await ben.page.getByText('Published').first().waitFor({ timeout: 300_000 });
  const holds = await api(ben, 'GET', 'policy/versions');
  assert.equal(holds.current, 1);
  await clean(ben);

  await ben.to('/admin/policy');
  await ben.page.getByRole('button', { name: 'Roll back to version 0' }).click();
  await ben.page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await ben.page.getByText('Version 0 holds again, as a new version').waitFor();
  assert.equal((await api(ben, 'GET', 'policy/versions')).current, 2);

  await ann.to('/admin/policy');
  await ann.page.getByRole('tab', { name: 'Rights of a person' }).click();
  await ann.page.getByText(/version 2 of the rights/).waitFor();
  await clean(ann);
  await ann.page.getByRole('tab', { name: 'Emergency grants' }).click();
  await ann.page.getByText('No emergency grants so far').waitFor();
  await clean(ann);
  assert.deepEqual([...ann.noted, ...ben.noted], []);
});
