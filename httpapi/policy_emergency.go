package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

func grantsOf(list []policy.Emergency) []map[string]any {
	out := []map[string]any{}
	for i := range list {
		out = append(out, grantJSON(&list[i], time.Time{}))
	}
	return out
}

func grantJSON(x *policy.Emergency, now time.Time) map[string]any {
	out := map[string]any{
		"id": x.ID, "user_id": x.UserID, "role": x.Role, "reason": x.Reason, "granted_by": x.GrantedBy, "granted_at": x.GrantedAt.UTC(), "until": x.Until.UTC(),
		"review_due": x.ReviewDue.String(), "revoked_by": orNone(x.RevokedBy), "revoked_at": timeOrNull(x.RevokedAt), "reviewed_by": orNone(x.ReviewedBy),
		"reviewed_at": timeOrNull(x.ReviewedAt), "verdict": x.Verdict, "comment": x.Comment,
	}
	if !now.IsZero() {
		out["active"] = x.Holds(now)
	}
	return out
}

// listEmergency lists emergency grants; review=pending: those that still wait for their review.
func (a *API) listEmergency(w http.ResponseWriter, r *http.Request) error {
	pending := false
	switch v := r.URL.Query().Get("review"); v {
	case "":
	case "pending":
		pending = true
	default:
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("review", "value.option", "应为 pending", "is pending or left out")
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		list, err := policy.Emergencies(ctx, tx, pending)
		if err != nil {
			return err
		}
		out := []map[string]any{}
		for i := range list {
			out = append(out, grantJSON(&list[i], tx.Now))
		}
		return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
	})
}

// addEmergency gives a colleague one more role for some hours.
func (a *API) addEmergency(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		User   string `json:"user_id"`
		Role   string `json:"role"`
		Reason string `json:"reason"`
		Hours  int    `json:"hours"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		var user id.ID
		if in.User != "" {
			unknown := fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
				At("user_id", "reference.unknown", "没有此启用的用户", "there is no such active user")
			key, err := id.Parse(in.User)
			if err != nil {
				return unknown
			}
			_, active, err := a.people.Actor(ctx, tx, key)
			if err != nil {
				return err
			}
			if !active {
				return unknown
			}
			user = key
		}
		x, err := a.policy.Relieve(ctx, tx, user, in.Role, in.Reason, in.Hours)
		if err != nil {
			return err
		}
		record.Note(tx, "policy.emergency", "grant", x.ID, nil)
		a.bump(tx)
		return a.later(tx, func() error { return reply(w, http.StatusCreated, grantJSON(x, tx.Now)) })
	})
}

func (a *API) onEmergency(w http.ResponseWriter, r *http.Request, name string, do func(ctx context.Context, tx *tenancy.Tx, key id.ID) (*policy.Emergency, error)) error {
	key, err := id.Parse(mux.Vars(r)["id"])
	if err != nil {
		return fault.New(fault.NotFound, "policy.no_emergency", "没有此紧急授权", "There is no such emergency grant")
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		x, err := do(ctx, tx, key)
		if err != nil {
			return err
		}
		record.Note(tx, "policy.emergency", name, x.ID, nil)
		a.bump(tx)
		return a.later(tx, func() error { return reply(w, http.StatusOK, grantJSON(x, tx.Now)) })
	})
}

func (a *API) revokeEmergency(w http.ResponseWriter, r *http.Request) error {
	return a.onEmergency(w, r, "revoke", policy.Revoke)
}

func (a *API) reviewEmergency(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Justified *bool  `json:"justified"`
		Comment   string `json:"comment"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if in.Justified == nil {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("justified", "required", "必填", "is required")
	}
	return a.onEmergency(w, r, "review", func(ctx context.Context, tx *tenancy.Tx, key id.ID) (*policy.Emergency, error) {
		return policy.Judge(ctx, tx, key, *in.Justified, in.Comment)
	})
}
