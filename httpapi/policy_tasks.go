package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/engine/proof"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

const gaugeWithin = 2 * time.Minute // for one statement

// proofTask is what is kept of a look at a version that goes on after the answer.
type proofTask struct {
	Version id.ID     `json:"version"`
	Kind    string    `json:"kind"`
	Roles   []string  `json:"roles,omitempty"` // for the prover; none: all
	Lang    i18n.Lang `json:"lang"`
}

// proofLater starts the leak prover, the impact or the replay of a version; its job tells how far it is, its result is kept with the version.
func (a *API) proofLater(kind string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		key, err := versionID(r)
		if err != nil {
			return err
		}
		var in struct {
			Roles []string `json:"roles"`
		}
		if err := maybe(w, r, &in); err != nil {
			return err
		}
		wait, err := flag(r, "wait", false)
		if err != nil {
			return err
		}
		task := proofTask{Version: key, Kind: kind, Roles: in.Roles, Lang: languageOf(r)}
		if wait {
			return a.proofNow(w, r, task)
		}
		return a.post(w, r, []byte(fmt.Sprint(kind, key, in.Roles)), func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error) {
			if err := a.mayProve(ctx, tx, task); err != nil {
				return record.Answer{}, err
			}
			return a.begin(ctx, tx, "policy", task, nil, map[string]any{"kind": kind})
		})
	}
}

// mayProve refuses who may not, and roles that the version does not know.
func (a *API) mayProve(ctx context.Context, tx *tenancy.Tx, task proofTask) error {
	if err := a.officer(tx); err != nil {
		return err
	}
	v, err := policy.Find(ctx, tx, task.Version)
	if err != nil {
		return err
	}
	rules, err := a.policy.Of(ctx, tx, v, record.Catalog(tx))
	if err != nil {
		return err
	}
	var bad fault.Fields
	for i, role := range task.Roles {
		if !slices.Contains(rules.Provable(), role) {
			bad.Add(fmt.Sprintf("roles[%d]", i), "policy.unknown_role", "没有可验证的角色 %s", "there is no role %s to prove", role)
		}
	}
	return bad.Err()
}

// proofNow does it before the answer, for programs that can wait.
func (a *API) proofNow(w http.ResponseWriter, r *http.Request, task proofTask) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	if err := a.engine.Do(r.Context(), c.tenant, c.actor, func(ctx context.Context, tx *tenancy.Tx) error { return a.mayProve(ctx, tx, task) }, tenancy.ReadOnly()); err != nil {
		return err
	}
	if err := a.proof(r.Context(), c, task, nil); err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		list, err := policy.Proofs(ctx, tx, task.Version)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.Kind == task.Kind {
				return reply(w, http.StatusOK, x)
			}
		}
		return notFound()
	})
}

// proof makes one and keeps it with the version.
func (a *API) proof(ctx context.Context, c caller, task proofTask, tell func(done, total int)) error {
	if task.Kind == policy.ProofProver {
		return a.proveNow(ctx, c, task.Version, append([]string{}, task.Roles...), tell)
	}
	var v *policy.Review
	var outcome any
	err := a.engine.Do(ctx, c.tenant, c.actor, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		var err error
		if v, err = policy.Find(ctx, tx, task.Version); err != nil {
			return err
		}
		rules, err := a.policy.Of(ctx, tx, v, record.Catalog(tx))
		if err != nil {
			return err
		}
		if task.Kind == policy.ProofReplay {
			outcome, err = proof.Again(ctx, tx, rules, tell)
			return err
		}
		outcome, err = a.impact(ctx, tx, v, rules, task.Lang, tell)
		return err
	}, tenancy.Snapshot(), tenancy.Within(gaugeWithin))
	if err != nil {
		return err
	}
	return a.engine.Do(ctx, c.tenant, c.actor, func(ctx context.Context, tx *tenancy.Tx) error {
		return policy.AddProof(ctx, tx, v, task.Kind, true, outcome)
	})
}

func (a *API) impact(ctx context.Context, tx *tenancy.Tx, v *policy.Review, rules *policy.Rules, lang i18n.Lang, tell func(done, total int)) (*proof.Impact, error) {
	var number *int64
	if v.Number > 0 {
		number = &v.Base
	}
	from, err := a.policy.Numbered(ctx, tx, number)
	if err != nil {
		return nil, err
	}
	people, err := a.people.List(ctx, tx)
	if err != nil {
		return nil, err
	}
	out, err := proof.Gauge(ctx, tx, a.engine, from, rules, people, tell)
	if err != nil {
		return nil, err
	}
	for _, e := range out.Effects {
		e.Words = e.Text.In(lang)
	}
	return out, nil
}

// runProof is the task.
func (a *API) runProof(ctx context.Context, run *relay.Run) error {
	var task proofTask
	c := caller{Principal: tenancy.Principal{Tenant: run.Tenant, UserID: run.Actor.ID}, tenant: run.Tenant, actor: run.Actor}
	done := false
	err := a.engine.Do(ctx, run.Tenant, run.Actor, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := record.TaskOf(ctx, tx, run.Task, false)
		if err != nil {
			return err
		}
		done = t.State != record.TaskWaiting
		return json.Unmarshal(t.Input, &task)
	}, tenancy.ReadOnly())
	if err != nil || done {
		return err
	}
	refused := func(f *fault.Fault) any {
		return map[string]any{"kind": task.Kind, "reason": f.Reason, "detail": f.Text.In(task.Lang)}
	}
	failed := a.proof(ctx, c, task, run.Tell)
	if f := fault.As(failed); failed != nil && (f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable) {
		return failed
	}
	return relay.Once(ctx, a.engine, run, gaugeWithin, func(context.Context, *tenancy.Tx, *record.Task) (any, error) {
		return map[string]any{"kind": task.Kind, "version": task.Version}, failed
	}, refused)
}
