-- What a company brings along when it begins to keep its books here, whom it reminds of what is due, and what its banks report.

CREATE TABLE finance_opening (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    date date NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'posted')),
    memo text NOT NULL DEFAULT '',
    counter_account_id uuid REFERENCES finance_account (id),
    total_amount numeric(20,4) NOT NULL DEFAULT 0,
    line_count int NOT NULL DEFAULT 0
);

CREATE TABLE finance_opening_line (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    opening_id uuid NOT NULL REFERENCES finance_opening (id) ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES finance_account (id),
    debit numeric(20,4) NOT NULL DEFAULT 0 CHECK (debit >= 0),
    credit numeric(20,4) NOT NULL DEFAULT 0 CHECK (credit >= 0),
    customer_id uuid,
    vendor_id uuid,
    reference text NOT NULL DEFAULT '',
    document_date date,
    due_date date,
    currency text NOT NULL DEFAULT '',
    amount_currency numeric(20,4) NOT NULL DEFAULT 0,
    memo text NOT NULL DEFAULT '',
    item_id uuid
);
CREATE INDEX finance_opening_line_opening_id_idx ON finance_opening_line (opening_id);

CREATE TABLE finance_dunning_level (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    level int NOT NULL CHECK (level > 0),
    days int NOT NULL CHECK (days >= 0),
    text_zh text NOT NULL,
    text_en text NOT NULL,
    active boolean NOT NULL DEFAULT true
);
ALTER TABLE finance_dunning_level ADD CONSTRAINT finance_dunning_level_level_key UNIQUE (level);

CREATE TABLE finance_dunning_run (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    date date NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'done')),
    memo text NOT NULL DEFAULT '',
    line_count int NOT NULL DEFAULT 0
);

CREATE TABLE finance_dunning_notice (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    run_id uuid NOT NULL REFERENCES finance_dunning_run (id) ON DELETE CASCADE,
    invoice_id uuid NOT NULL REFERENCES finance_invoice (id),
    customer_id uuid NOT NULL,
    level int NOT NULL,
    days_late int NOT NULL,
    currency text NOT NULL,
    overdue_amount numeric(20,4) NOT NULL
);
CREATE INDEX finance_dunning_notice_run_id_idx ON finance_dunning_notice (run_id);
CREATE INDEX finance_dunning_notice_invoice_id_idx ON finance_dunning_notice (invoice_id);

CREATE TABLE finance_bank_statement (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    bank_account_id uuid NOT NULL REFERENCES finance_bank_account (id),
    reference text NOT NULL DEFAULT '',
    date date NOT NULL,
    format text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'loaded', 'posted')),
    currency text NOT NULL DEFAULT '',
    opening_balance numeric(20,4) NOT NULL DEFAULT 0,
    closing_balance numeric(20,4) NOT NULL DEFAULT 0,
    digest text,
    line_count int NOT NULL DEFAULT 0
);
ALTER TABLE finance_bank_statement ADD CONSTRAINT finance_bank_statement_digest_key UNIQUE (digest);
CREATE INDEX finance_bank_statement_bank_account_id_idx ON finance_bank_statement (bank_account_id, date);

CREATE TABLE finance_bank_line (
    id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    position int NOT NULL,
    statement_id uuid NOT NULL REFERENCES finance_bank_statement (id) ON DELETE CASCADE,
    date date NOT NULL,
    amount numeric(20,4) NOT NULL CHECK (amount <> 0),
    counterparty text NOT NULL DEFAULT '',
    counter_account text NOT NULL DEFAULT '',
    reference text NOT NULL DEFAULT '',
    text text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'matched', 'posted')),
    customer_id uuid,
    vendor_id uuid,
    suggested text[] NOT NULL DEFAULT '{}',
    score int NOT NULL DEFAULT 0,
    because text NOT NULL DEFAULT '',
    payment_id uuid REFERENCES finance_payment (id),
    account_id uuid REFERENCES finance_account (id)
);
ALTER TABLE finance_bank_line ADD CONSTRAINT finance_bank_line_payment_id_key UNIQUE (payment_id);
CREATE INDEX finance_bank_line_statement_id_idx ON finance_bank_line (statement_id);

-- The usual three reminders, for companies that keep books already; others get them when finance is switched on.
INSERT INTO finance_dunning_level (id, created_at, updated_at, level, days, text_zh, text_en)
    SELECT gen_random_uuid(), now(), now(), v.level, v.days, v.zh, v.en
    FROM (VALUES
        (1, 7, '温馨提示：以下发票已到期，合计 {amount} {currency}：{invoices}。如已付款，请忽略本提醒。',
            'A friendly reminder: these invoices are due, {amount} {currency} in all: {invoices}. If you have paid already, please ignore this.'),
        (2, 21, '第二次提醒：以下发票已逾期 {days} 天，合计 {amount} {currency}：{invoices}。请尽快付款。',
            'Second reminder: these invoices are {days} days overdue, {amount} {currency} in all: {invoices}. Please pay soon.'),
        (3, 45, '最后通知：以下发票已逾期 {days} 天，合计 {amount} {currency}：{invoices}。请在七日内付清，否则我们将采取进一步措施。',
            'Final notice: these invoices are {days} days overdue, {amount} {currency} in all: {invoices}. Please pay within seven days, or we shall take further steps.')
    ) v (level, days, zh, en)
    WHERE EXISTS (SELECT 1 FROM finance_account);
