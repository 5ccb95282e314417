package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// act does POST …/{id}/{action}: for real, as a dry run, or for real if the outcome is still what the caller was shown.
func (a *API) act(w http.ResponseWriter, r *http.Request) error {
	in, raw, err := body(w, r)
	if err != nil {
		return err
	}
	dry, err := wantsDryRun(r)
	if err != nil {
		return err
	}
	if dry {
		return a.dryRun(w, r, func(ctx context.Context, tx *tenancy.Tx, t target) error {
			return record.Run(ctx, tx, t.def, t.key, t.action, in)
		})
	}
	preview := r.Header.Get("X-Preview-Hash")
	return a.post(w, r, raw, func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error) {
		t, err := a.locate(r, tx)
		if err != nil {
			return record.Answer{}, err
		}
		if err := record.Run(ctx, tx, t.def, t.key, t.action, in); err != nil {
			return record.Answer{}, err
		}
		a.touched(tx, t.def)
		if f := flow.Refusal(tx); f != nil { // what made a request void is kept, and the approver is told
			status := statusOf(f.Kind)
			return record.Answer{Status: status, Body: problemJSON(r, f, status)}, nil
		}
		out, err := a.shown(ctx, tx, t.def, t.key)
		if err != nil {
			return record.Answer{}, err
		}
		if err := a.compare(ctx, tx, r, preview); err != nil {
			return record.Answer{}, err
		}
		parked := record.ParkedHere(tx)
		if len(parked) == 0 {
			return record.Answer{Status: http.StatusOK, Body: out}, nil
		}
		out, err = a.waiting(ctx, tx, out, parked)
		return record.Answer{Status: http.StatusAccepted, Body: out}, err
	})
}

// waiting adds the approval and the parked document to the answer of an act that now waits for someone.
func (a *API) waiting(ctx context.Context, tx *tenancy.Tx, out []byte, parked []*record.Parked) ([]byte, error) {
	p := parked[0]
	approval, err := a.shown(ctx, tx, record.Catalog(tx).Entity("approval"), p.ID)
	if err != nil {
		return nil, err
	}
	doc, err := a.shown(ctx, tx, p.Def, p.Record.Meta().ID)
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(out, &members); err != nil {
		return nil, err
	}
	members["approval"] = approval
	if _, taken := members[p.Def.Noun()]; !taken {
		members[p.Def.Noun()] = doc
	}
	return json.Marshal(members)
}

// compare refuses when the outcome differs from the one that the caller agreed to.
func (a *API) compare(ctx context.Context, tx *tenancy.Tx, r *http.Request, preview string) error {
	if preview == "" {
		return nil
	}
	if len(record.ParkedHere(tx)) > 0 { // parked: what will happen is decided when the approver agrees
		return nil
	}
	now, err := record.TreeOf(ctx, tx, languageOf(r))
	if err != nil {
		return err
	}
	if now.Hash == preview {
		return nil
	}
	return fault.New(fault.Conflict, "preview.changed", "结果已与预览不同，请重新确认", "The outcome is no longer what was shown; look again").
		With("preview", map[string]any{"hash": now.Hash, "events": now.Events, "effects": now.Effects})
}

// wantsDryRun reads ?dry_run=. Anything but true and false is refused: a typing mistake must not turn a preview into an act.
func wantsDryRun(r *http.Request) (bool, error) {
	switch v := r.URL.Query().Get("dry_run"); v {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	default:
		var bad fault.Fields
		bad.Add("dry_run", "value.type", "dry_run 应为 true 或 false，收到 %q", "dry_run takes true or false, got %q", v)
		return false, bad.Err()
	}
}

// dryRun shows what a write would make happen, and leaves nothing behind.
func (a *API) dryRun(w http.ResponseWriter, r *http.Request, fn func(ctx context.Context, tx *tenancy.Tx, t target) error) error {
	var tree *record.Tree
	err := a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		if err := fn(ctx, tx, t); err != nil {
			return err
		}
		if err := record.Settle(ctx, tx); err != nil {
			return err
		}
		if tree, err = record.TreeOf(ctx, tx, languageOf(r)); err != nil || t.action == "" {
			return err
		}
		outcomes, err := record.Outcomes(ctx, tx, languageOf(r), t.def, t.key)
		tree.Effects = append(tree.Effects, outcomes...)
		return err
	}, tenancy.DryRun())
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, tree)
}

// post runs a write that may carry an idempotency key: the same key and request get the same answer, and the work is done once.
func (a *API) post(w http.ResponseWriter, r *http.Request, raw []byte, fn func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error),
	opts ...tenancy.Option,
) error {
	key := r.Header.Get("Idempotency-Key")
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if key != "" {
			again, err := record.Repeat(ctx, tx, key, requestHash(r, raw))
			if err != nil {
				return err
			}
			if again != nil {
				w.Header().Set("Idempotent-Replayed", "true")
				return a.later(tx, func() error { return send(w, *again) })
			}
		}
		out, err := fn(ctx, tx)
		if err != nil {
			return err
		}
		if key != "" {
			if err := record.Remember(ctx, tx, key, out); err != nil {
				return err
			}
		}
		return a.later(tx, func() error { return send(w, out) })
	}, opts...)
}

func send(w http.ResponseWriter, x record.Answer) error {
	if x.Location != "" {
		w.Header().Set("Location", x.Location)
	}
	return replyRaw(w, x.Status, x.Body)
}

// later answers once the commit is certain.
func (a *API) later(tx *tenancy.Tx, fn func() error) error {
	tx.AfterCommit(func(context.Context) { _ = fn() })
	return nil
}
