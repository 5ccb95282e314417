package record

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/tenon-hq/tenon/internal/chain"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// What is promised of the chain: an entry is in it a second or two after its commit, and signed at the latest with the thousandth entry or a minute later,
// whichever comes first. Until then the database's rights alone keep it.
const (
	closeEvery  = time.Second
	closeMany   = 2000 // entries of one batch
	signEvery   = 1000
	signWithin  = time.Minute
	settleAfter = 5 * time.Second
)

// unclosed remembers which tenants have entries that may not be in their chains.
type unclosed struct {
	mu      sync.Mutex
	tenants map[id.ID]bool
}

func (u *unclosed) add(tenant id.ID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.tenants == nil {
		u.tenants = map[id.ID]bool{}
	}
	u.tenants[tenant] = true
}

func (u *unclosed) take() map[id.ID]bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := u.tenants
	u.tenants = nil
	return out
}

// KeepAudit closes the chains of tenants in which something happened, until ctx ends. At first it looks at all of them: a process that was killed may have
// left entries behind.
func (e *Engine) KeepAudit(ctx context.Context, report func(tenant id.ID, err error)) {
	if all, err := e.db.List(ctx); err == nil {
		for _, t := range all {
			e.unclosed.add(t.ID)
		}
	}
	now := time.Now //nolint:forbidigo // how long a process waits is no business time
	tick := time.NewTicker(closeEvery)
	defer tick.Stop()
	unsigned := map[id.ID]time.Time{} // since when a checkpoint is owed
	for {
		for tenant, since := range unsigned {
			if now().Sub(since) > signWithin {
				e.unclosed.add(tenant)
			}
		}
		for tenant := range e.unclosed.take() {
			signed, err := e.keep(ctx, tenant)
			if err != nil && ctx.Err() == nil && !fault.Is(err, fault.NotFound) {
				report(tenant, err)
				e.unclosed.add(tenant)
			}
			if signed || err != nil {
				delete(unsigned, tenant)
			} else {
				unsigned[tenant] = now()
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (e *Engine) keep(ctx context.Context, tenant id.ID) (signed bool, err error) {
	t, err := e.db.Tenant(ctx, tenant)
	if err != nil {
		return false, err
	}
	h, err := e.closeAudit(ctx, t)
	if err != nil {
		return false, err
	}
	return h.Signed == h.N, e.retain(ctx, t)
}

// head is where a chain is.
type head struct {
	N, Signed, Cut    int64
	hash, cutHash     []byte
	settled, watch    int64
	horizon           int64
	watchedAt, signAt time.Time
	oldest, next      int64 // transactions that run now
	keep              int
}

const headColumns = `SELECT h.n, h.hash, h.settled, h.watch, h.horizon, h.watched_at, h.cut_n, h.cut_hash, h.keep_days,
	coalesce((SELECT max(n) FROM audit_checkpoint), 0), coalesce((SELECT max(at) FROM audit_checkpoint), 'epoch'),
	pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM audit_head h`

func headOf(ctx context.Context, tx *tenancy.Tx) (*head, error) {
	h := &head{}
	err := tx.Tx.Tx.QueryRowContext(ctx, headColumns).Scan(&h.N, &h.hash, &h.settled, &h.watch, &h.horizon, &h.watchedAt, &h.Cut, &h.cutHash, &h.keep,
		&h.Signed, &h.signAt, &h.oldest, &h.next)
	return h, databaseFault(err, nil)
}

// CloseAudit brings a tenant's chain up to date and returns its length.
func (e *Engine) CloseAudit(ctx context.Context, t *tenancy.Tenant) (int64, error) {
	h, err := e.closeAudit(ctx, t)
	if err != nil {
		return 0, err
	}
	return h.N, nil
}

func (e *Engine) closeAudit(ctx context.Context, t *tenancy.Tenant) (h *head, err error) {
	for {
		full := false
		err := e.Do(ctx, t, tenancy.Actor{System: true, Name: "audit"}, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			h, full, err = current(tx).close(ctx, tx)
			return err
		})
		if err != nil || !full {
			return h, err
		}
	}
}

func (s *session) close(ctx context.Context, tx *tenancy.Tx) (h *head, full bool, err error) {
	// One writer for each tenant: whoever comes second waits, and finds the work done.
	if _, err := tx.Tx.Tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext('audit_chain'), hashtext(current_schema()))"); err != nil {
		return nil, false, databaseFault(err, nil)
	}
	if h, err = headOf(ctx, tx); err != nil {
		return nil, false, err
	}
	list, err := s.chained(ctx, tx, `LEFT JOIN audit_link l ON l.seq = t.seq WHERE t.seq > $1::bigint AND l.seq IS NULL ORDER BY t.seq LIMIT `+
		strconv.Itoa(closeMany), h.settled)
	if err != nil {
		return nil, false, err
	}
	if err := h.link(ctx, tx, list); err != nil {
		return nil, false, err
	}
	if err := s.checkpoint(ctx, tx, h); err != nil {
		return nil, false, err
	}
	full = len(list) == closeMany
	if !full {
		if err := h.settle(ctx, tx); err != nil {
			return nil, false, err
		}
	}
	_, err = tx.Tx.Tx.ExecContext(ctx, `UPDATE audit_head SET n = $1::bigint, hash = $2::bytea, settled = $3::bigint, watch = $4::bigint, horizon = $5::bigint,
		watched_at = $6::timestamptz`, h.N, h.hash, h.settled, h.watch, h.horizon, h.watchedAt)
	return h, full, databaseFault(err, nil)
}

// link adds entries to the chain.
func (h *head) link(ctx context.Context, tx *tenancy.Tx, list []linked) error {
	if len(list) == 0 {
		return nil
	}
	cols := make([][]*string, 4)
	for i := range list {
		e := &list[i].Entry
		salt := make([]byte, 16)
		if _, err := rand.Read(salt); err != nil {
			return err
		}
		e.N, e.Salt = h.N+1, hex.EncodeToString(salt)
		sum, err := e.Sum(h.hash)
		if err != nil {
			return err
		}
		h.N, h.hash = e.N, sum
		n, seq, hash := strconv.FormatInt(e.N, 10), strconv.FormatInt(list[i].seq, 10), hex.EncodeToString(sum)
		put(cols, &n, &seq, &e.Salt, &hash)
	}
	_, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO audit_link (n, seq, salt, hash) SELECT n::bigint, s::bigint, decode(a, 'hex'), decode(h, 'hex')
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS u(n, s, a, h)`, anys(cols)...)
	return databaseFault(err, nil)
}

// settle finds up to where no entry can come any more: numbers are drawn in order, so once every transaction that ran when the last one was seen has
// ended, no lower number is open.
func (h *head) settle(ctx context.Context, tx *tenancy.Tx) error {
	switch {
	case h.next < h.horizon: // the tables were restored in another database server, which counts transactions for itself
		h.horizon, h.watchedAt = h.next, tx.Now
		return nil
	case h.oldest < h.horizon || tx.Now.Sub(h.watchedAt) < settleAfter:
		return nil
	}
	h.settled, h.horizon, h.watchedAt = h.watch, h.next, tx.Now
	return databaseFault(tx.Tx.Tx.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM audit_entry").Scan(&h.watch), nil)
}

// checkpoint signs where the chain is, when that is due. Without the key service it is signed later.
func (s *session) checkpoint(ctx context.Context, tx *tenancy.Tx, h *head) error {
	due := h.N-h.Signed >= signEvery || h.N > h.Signed && tx.Now.Sub(h.signAt) >= signWithin
	if s.e.Sealer == nil || !due {
		return nil
	}
	c, err := s.signed(ctx, tx, h.N, hex.EncodeToString(h.hash))
	if fault.Is(err, fault.Unavailable) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = tx.Tx.Tx.ExecContext(ctx, `INSERT INTO audit_checkpoint (n, hash, at, key, signature) VALUES ($1::bigint, $2::bytea, $3::timestamptz, $4::text, $5::text)`,
		c.N, h.hash, tx.Now, c.Key, c.Signature)
	h.Signed = c.N
	return databaseFault(err, nil)
}

const chainTime = "2006-01-02T15:04:05.000000Z"

func (s *session) signed(ctx context.Context, tx *tenancy.Tx, n int64, hash string) (chain.Checkpoint, error) {
	c := chain.Checkpoint{N: n, Hash: hash, At: tx.Now.UTC().Format(chainTime)}
	if s.e.Sealer == nil {
		return c, shut(errors.New("there is none"))
	}
	var err error
	_, c.Signature, err = s.e.Sealer.Sign(ctx, tx.Tenant.ID, func(public string) []byte {
		c.Key = public
		return c.Message(tx.Tenant.ID.String())
	})
	return c, err
}

// linked is an entry with its number in the table.
type linked struct {
	chain.Entry

	seq int64
}

// chained reads entries as the chain knows them.
func (s *session) chained(ctx context.Context, tx *tenancy.Tx, rest string, args ...any) ([]linked, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, `SELECT t.seq, coalesce(l.n, 0), coalesce(encode(l.salt, 'hex'), ''), coalesce(encode(l.hash, 'hex'), ''), t.id::text,
		to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(t.actor_id::text, ''), t.module, coalesce(t.approver_id::text, ''), t.action,
		t.entity, coalesce(t.record_id::text, ''), coalesce(t.parent_id::text, ''), t.before::text, t.after::text, t.policy_version, to_jsonb(t.rules)::text,
		coalesce(t.cause_id::text, ''), t.request_id FROM audit_entry t `+rest, args...)
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	var out []linked
	for res.Next() {
		var e linked
		var before, after sql.NullString
		var rules string
		if err := res.Scan(&e.seq, &e.N, &e.Salt, &e.Hash, &e.ID, &e.At, &e.Actor, &e.Module, &e.Approver, &e.Action, &e.Entity, &e.Record, &e.Parent,
			&before, &after, &e.Policy, &rules, &e.Cause, &e.Request); err != nil {
			return nil, databaseFault(err, nil)
		}
		if err := errors.Join(side(before, &e.Before), side(after, &e.After)); err != nil {
			return nil, err
		}
		if rules != "[]" {
			if err := json.Unmarshal([]byte(rules), &e.Rules); err != nil {
				return nil, err
			}
		}
		out = append(out, e)
	}
	return out, databaseFault(res.Err(), nil)
}

func side(text sql.NullString, into *map[string]*string) error {
	if text.String == "" {
		return nil
	}
	return json.Unmarshal([]byte(text.String), into)
}
