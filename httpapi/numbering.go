package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/tenancy"
)

// numbering does GET /numbering: how each kind of document is numbered, and which number comes next.
func (a *API) numbering(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := administers(tx); err != nil {
			return err
		}
		list, err := record.NumberRules(ctx, tx)
		if err != nil {
			return err
		}
		out := make([]map[string]any, len(list))
		for i, x := range list {
			out[i] = ruleJSON(x, languageOf(r))
		}
		return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
	})
}

// setNumbering does PUT /numbering/{entity}: another rule from the next document on. ?dry_run=true only shows the number that would come next.
func (a *API) setNumbering(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Prefix string `json:"prefix"`
		Date   string `json:"date"`
		Digits int    `json:"digits"`
		Reset  string `json:"reset"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	dry, err := wantsDryRun(r)
	if err != nil {
		return err
	}
	var opts []tenancy.Option
	if dry {
		opts = append(opts, tenancy.DryRun())
	}
	var out map[string]any
	err = a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := administers(tx); err != nil {
			return err
		}
		def := record.Catalog(tx).Entity(mux.Vars(r)["entity"])
		if def == nil || !record.On(tx, def) {
			return notFound()
		}
		x, err := record.SetNumberRule(ctx, tx, def, record.NumberRule{Prefix: in.Prefix, Date: in.Date, Digits: in.Digits, Reset: in.Reset})
		if err != nil {
			return err
		}
		out = ruleJSON(x, languageOf(r))
		if !dry {
			a.bump(tx)
		}
		return record.Settle(ctx, tx)
	}, opts...)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, out)
}

func ruleJSON(x record.Numbering, lang i18n.Lang) map[string]any {
	out := map[string]any{"entity": x.Def.Name, "path": x.Def.Path(), "label": x.Def.Label.In(lang), "gapless": x.Gapless}
	if !x.Gapless {
		out["prefix"], out["date"], out["digits"], out["reset"], out["own"], out["next"] = x.Rule.Prefix, x.Rule.Date, x.Rule.Digits, x.Rule.Reset, x.Own, x.Next
	}
	return out
}

// administers refuses who is neither owner nor administrator.
func administers(tx *tenancy.Tx) error {
	if slices.Contains(tx.Actor.Roles, "owner") || slices.Contains(tx.Actor.Roles, "admin") {
		return nil
	}
	return fault.New(fault.Forbidden, "platform.admin", "只有所有者和管理员可以这样做（规则 platform.admin）", "Only owners and administrators do this (rule platform.admin)").
		With("rule", "platform.admin")
}
