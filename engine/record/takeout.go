package record

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/tenon-hq/tenon/internal/chain"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// ChainState is how far a tenant's audit is closed and signed.
type ChainState struct {
	Entries     int64  `json:"entries"` // in the chain, those that were cut included
	Hash        string `json:"hash"`
	Open        int64  `json:"open"` // entries that are not in it yet
	SignedUpTo  int64  `json:"signed_up_to"`
	CutUpTo     int64  `json:"cut_up_to"`
	KeepDays    int    `json:"keep_days"` // 0: for good
	Key         string `json:"key"`       // Ed25519 public key, base64
	Fingerprint string `json:"fingerprint"`
}

// Chain tells how far the audit is closed and signed.
func Chain(ctx context.Context, tx *tenancy.Tx) (ChainState, error) {
	h, err := headOf(ctx, tx)
	if err != nil {
		return ChainState{}, err
	}
	out := ChainState{Entries: h.N, Hash: hex.EncodeToString(h.hash), SignedUpTo: h.Signed, CutUpTo: h.Cut, KeepDays: h.keep}
	err = tx.Tx.Tx.QueryRowContext(ctx, `SELECT count(*), coalesce((SELECT public FROM data_key WHERE purpose = 'sign' ORDER BY number DESC LIMIT 1), '')
		FROM audit_entry t WHERE t.seq > $1::bigint AND NOT EXISTS (SELECT FROM audit_link l WHERE l.seq = t.seq)`, h.settled).Scan(&out.Open, &out.Key)
	if out.Key != "" {
		out.Fingerprint = chain.Fingerprint(out.Key)
	}
	return out, databaseFault(err, nil)
}

// ExportAudit writes a tenant's whole audit as a file that can be verified without a database: entries, checkpoints and a signed end.
func (e *Engine) ExportAudit(ctx context.Context, t *tenancy.Tenant, a tenancy.Actor, out io.Writer) error {
	if err := e.Note(ctx, t, a, "audit", "export", id.ID{}, nil); err != nil {
		return err
	}
	return e.writeAudit(ctx, t, out)
}

// VerifyAudit verifies a tenant's audit as it stands in the database.
func (e *Engine) VerifyAudit(ctx context.Context, t *tenancy.Tenant) (chain.Report, error) {
	in, out := io.Pipe()
	go func() { _ = out.CloseWithError(e.writeAudit(ctx, t, out)) }()
	report, err := chain.Verify(in, "")
	_ = in.CloseWithError(io.ErrClosedPipe) // the writer ends, should it not have
	return report, err
}

func (e *Engine) writeAudit(ctx context.Context, t *tenancy.Tenant, out io.Writer) error {
	if _, err := e.CloseAudit(ctx, t); err != nil {
		return err
	}
	return e.Do(ctx, t, tenancy.Actor{System: true, Name: "audit"}, func(ctx context.Context, tx *tenancy.Tx) error {
		s := current(tx)
		h, err := headOf(ctx, tx)
		if err != nil {
			return err
		}
		end, err := s.signed(ctx, tx, h.N, hex.EncodeToString(h.hash)) // before the first byte: the work may be done again until here
		if err != nil {
			return err
		}
		w, err := chain.NewWriter(out, chain.Start{
			Format: chain.Format, Tenant: t.ID.String(), Name: t.Name, After: h.Cut, Anchor: hex.EncodeToString(h.cutHash), At: tx.Now.UTC().Format(chainTime),
		})
		if err != nil {
			return err
		}
		prev := hex.EncodeToString(h.cutHash)
		for from := h.Cut; from < h.N; from += closeMany {
			if prev, err = s.writeLinks(ctx, tx, w, from, prev); err != nil {
				return err
			}
		}
		return w.Close(end)
	}, tenancy.Snapshot(), tenancy.Within(10*time.Minute))
}

// writeLinks writes a batch of entries with the checkpoints between them.
func (s *session) writeLinks(ctx context.Context, tx *tenancy.Tx, w *chain.Writer, from int64, prev string) (string, error) {
	list, err := s.chained(ctx, tx, "JOIN audit_link l ON l.seq = t.seq WHERE l.n > $1::bigint AND l.n <= $2::bigint ORDER BY l.n", from, from+closeMany)
	if err != nil {
		return prev, err
	}
	marks, err := checkpoints(ctx, tx, from, from+closeMany)
	if err != nil {
		return prev, err
	}
	for i := range list {
		e := &list[i].Entry
		e.Prev, prev = prev, e.Hash
		if err := w.Put(chain.Line{Entry: e}); err != nil {
			return prev, err
		}
		if c, ok := marks[e.N]; ok {
			if err := w.Put(chain.Line{Checkpoint: &c}); err != nil {
				return prev, err
			}
		}
	}
	return prev, nil
}

func checkpoints(ctx context.Context, tx *tenancy.Tx, from, to int64) (map[int64]chain.Checkpoint, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, `SELECT n, encode(hash, 'hex'), to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), key, signature
		FROM audit_checkpoint WHERE n > $1::bigint AND n <= $2::bigint`, from, to)
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	out := map[int64]chain.Checkpoint{}
	for res.Next() {
		var c chain.Checkpoint
		if err := res.Scan(&c.N, &c.Hash, &c.At, &c.Key, &c.Signature); err != nil {
			return nil, databaseFault(err, nil)
		}
		out[c.N] = c
	}
	return out, databaseFault(res.Err(), nil)
}

// leastKept is how long the audit is kept at least.
const leastKept = 90

// Retain sets for how many days the audit is kept; 0 keeps it for good. What is older is cut, and the cut is an entry itself.
func Retain(ctx context.Context, tx *tenancy.Tx, days int) error {
	if days != 0 && days < leastKept || days > 36500 {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("keep_days", "value.range", "应为 0（永久）或 %d 至 36500 天", "takes 0 (for good) or %d to 36500 days", leastKept)
	}
	Note(tx, "audit", "retention", id.ID{}, map[string]string{"keep_days": strconv.Itoa(days)})
	_, err := tx.Tx.Tx.ExecContext(ctx, "UPDATE audit_head SET keep_days = $1::int", days)
	return databaseFault(err, nil)
}

// retain cuts what is older than the tenant keeps.
func (e *Engine) retain(ctx context.Context, t *tenancy.Tenant) error {
	var upTo int64
	var hash string
	err := e.Do(ctx, t, tenancy.Actor{System: true, Name: "audit"}, func(ctx context.Context, tx *tenancy.Tx) error {
		upTo, hash = 0, ""
		h, err := headOf(ctx, tx)
		if err != nil || h.keep == 0 {
			return err
		}
		return noRows(tx.Tx.Tx.QueryRowContext(ctx, `SELECT l.n, encode(l.hash, 'hex') FROM audit_entry t JOIN audit_link l ON l.seq = t.seq
			WHERE t.at < $1::timestamptz AND l.n < $2::bigint ORDER BY l.n DESC LIMIT 1`, tx.Now.AddDate(0, 0, -h.keep), h.N).Scan(&upTo, &hash))
	}, tenancy.ReadOnly())
	if err != nil || upTo == 0 {
		return err
	}
	return e.CutAudit(ctx, t, tenancy.Actor{System: true, Name: "audit"}, upTo, hash)
}

// CutAudit removes the entries up to a place. First an entry says so, with the hash that the chain had there, and is closed and signed; then the rows go.
func (e *Engine) CutAudit(ctx context.Context, t *tenancy.Tenant, a tenancy.Actor, upTo int64, hash string) error {
	err := e.Note(ctx, t, a, "audit", chain.CutAction, id.ID{}, map[string]string{"up_to": fmt.Sprint(upTo), "hash": hash})
	if err != nil {
		return err
	}
	if _, err := e.CloseAudit(ctx, t); err != nil {
		return err
	}
	return e.db.CutAudit(ctx, t, upTo)
}
