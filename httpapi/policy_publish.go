package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// publishVersion makes a version hold, by somebody who did not write it. Where the leak prover has not run on its content yet, it runs now.
func (a *API) publishVersion(w http.ResponseWriter, r *http.Request) error {
	key, err := versionID(r)
	if err != nil {
		return err
	}
	var in struct {
		Comment string `json:"comment"`
	}
	if err := maybe(w, r, &in); err != nil {
		return err
	}
	release := func() error {
		return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
			if err := a.officer(tx); err != nil {
				return err
			}
			check, err := a.checked(ctx, tx)
			if err != nil {
				return err
			}
			if _, err := a.policy.Release(ctx, tx, key, in.Comment, check); err != nil {
				return err
			}
			record.Note(tx, "policy", "publish", key, nil)
			a.bump(tx)
			return a.show(ctx, tx, w, key, http.StatusOK)
		})
	}
	err = release()
	if f := fault.As(err); f == nil || f.Reason != "policy.not_proven" {
		return err
	}
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	if err := a.proveNow(r.Context(), c, key, nil, nil); err != nil {
		return err
	}
	return release()
}

// rollbackVersion makes an older version hold again, as a new version.
func (a *API) rollbackVersion(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Comment string `json:"comment"`
	}
	if err := maybe(w, r, &in); err != nil {
		return err
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		number, err := a.numberOf(ctx, tx, r)
		if err != nil {
			return err
		}
		check, err := a.checked(ctx, tx)
		if err != nil {
			return err
		}
		v, err := a.policy.Rollback(ctx, tx, number, in.Comment, check)
		if err != nil {
			return err
		}
		record.Note(tx, "policy", "rollback", v.ID, nil)
		a.bump(tx)
		return a.show(ctx, tx, w, v.ID, http.StatusOK)
	})
}

// numberOf reads the published version that a path names: by its id, by its number, or as shipped.
func (a *API) numberOf(ctx context.Context, tx *tenancy.Tx, r *http.Request) (int64, error) {
	text := mux.Vars(r)["id"]
	if text == "shipped" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
		return n, nil
	}
	key, err := versionID(r)
	if err != nil {
		return 0, err
	}
	v, err := policy.Find(ctx, tx, key)
	if err != nil {
		return 0, err
	}
	if v.Number == 0 {
		return 0, fault.New(fault.Conflict, "policy.state", "只有发布过的版本可以回滚", "Only a version that was published can be rolled back to").With("state", v.State)
	}
	return v.Number, nil
}

// checkVersion runs the cases of a version and tells everything that is wrong, without changing anything. A body may bring a content to check instead.
func (a *API) checkVersion(w http.ResponseWriter, r *http.Request) error {
	key, err := versionID(r)
	if err != nil {
		return err
	}
	var in changeJSON
	if err := maybe(w, r, &in); err != nil {
		return err
	}
	lang := languageOf(r)
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		v, err := policy.Find(ctx, tx, key)
		if err != nil {
			return err
		}
		d, err := v.Content()
		if err != nil {
			return err
		}
		in.change().Into(d)
		check, err := a.checked(ctx, tx)
		if err != nil {
			return err
		}
		report, err := a.policy.Examine(ctx, *d, check)
		f := fault.As(err)
		if err != nil && (f == nil || f.Kind == fault.Unavailable || f.Kind == fault.Internal) {
			return err
		}
		out := map[string]any{"ok": err == nil, "errors": []any{}, "mistakes": []any{}, "cases": report}
		if f != nil {
			out["errors"], out["reason"], out["detail"] = problemFields(f.Fields, lang), f.Reason, f.Text.In(lang)
			if m, ok := f.Data["mistakes"]; ok {
				out["mistakes"] = m
			}
		}
		return reply(w, http.StatusOK, out)
	})
}

// diffVersion tells in words and in Rego what a version changes against another: with=<id, number, shipped, base or current (default)>.
func (a *API) diffVersion(w http.ResponseWriter, r *http.Request) error {
	key, err := versionID(r)
	if err != nil {
		return err
	}
	lang := languageOf(r)
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		v, err := policy.Find(ctx, tx, key)
		if err != nil {
			return err
		}
		to, err := a.policy.Of(ctx, tx, v, record.Catalog(tx))
		if err != nil {
			return err
		}
		from, name, err := a.against(ctx, tx, v, r.URL.Query().Get("with"))
		if err != nil {
			return err
		}
		list := a.policy.Compare(record.Catalog(tx), from, to)
		return reply(w, http.StatusOK, map[string]any{
			"from": name, "to": v.ID, "words": differencesIn(list, lang), "rego": policy.LineDiff(from.Draft().Rego, to.Draft().Rego),
			"cases": policy.LineDiff(from.Draft().Cases, to.Draft().Cases),
		})
	})
}

// against finds the version that another is compared with.
func (a *API) against(ctx context.Context, tx *tenancy.Tx, v *policy.Review, with string) (*policy.Rules, string, error) {
	var number *int64
	switch with {
	case "":
		if v.Number > 0 { // what it changed when it was published
			number = &v.Base
		}
	case "current":
	case "base":
		number = &v.Base
	case "shipped":
		number = new(int64)
	default:
		if n, err := strconv.ParseInt(with, 10, 64); err == nil && n >= 0 {
			number = &n
			break
		}
		key, err := id.Parse(with)
		if err != nil {
			return nil, "", fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
				At("with", "value.option", "应为版本编号、版本号、shipped、base 或 current", "is a version's id or number, shipped, base or current")
		}
		other, err := policy.Find(ctx, tx, key)
		if err != nil {
			return nil, "", err
		}
		rules, err := a.policy.Of(ctx, tx, other, record.Catalog(tx))
		return rules, with, err
	}
	rules, err := a.policy.Numbered(ctx, tx, number)
	if err != nil {
		return nil, "", err
	}
	return rules, strconv.FormatInt(rules.Number(), 10), nil
}

func (a *API) listProofs(w http.ResponseWriter, r *http.Request) error {
	key, err := versionID(r)
	if err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		if _, err := policy.Find(ctx, tx, key); err != nil {
			return err
		}
		list, err := policy.Proofs(ctx, tx, key)
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, map[string]any{"data": list, "next_cursor": nil})
	})
}

// formatRego lays out Rego, or says where it is wrong.
func (a *API) formatRego(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Rego string `json:"rego"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if strings.ContainsRune(in.Rego, 0) {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("rego", "value.text", "包含无效字符", "holds an invalid character")
	}
	return a.read(r, func(_ context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		out, err := a.policy.Format(in.Rego)
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, map[string]any{"rego": out})
	})
}

// completion lists the words that an editor of rules offers: entities with their fields, classes and actions, roles, and what Rego may use here.
func (a *API) completion(w http.ResponseWriter, r *http.Request) error {
	lang := languageOf(r)
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		type word struct {
			Name  string `json:"name"`
			Label string `json:"label"`
			Class string `json:"class,omitempty"`
			Kind  string `json:"kind,omitempty"`
			Ref   string `json:"ref,omitempty"`
		}
		type thing struct {
			Name    string   `json:"name"`
			Label   string   `json:"label"`
			Fields  []word   `json:"fields"`
			Lines   []thing  `json:"lines,omitempty"`
			Classes []string `json:"classes"`
			Actions []word   `json:"actions"`
			Owned   bool     `json:"owned"` // has an owner, so that rows can be "own"
		}
		var entities []thing
		catalog := record.Catalog(tx)
		for _, d := range catalog.All() {
			if d.ParentDef != nil {
				continue
			}
			t := thing{Name: d.Name, Label: d.Label.In(lang), Owned: d.OwnerField != nil, Fields: []word{}, Actions: []word{}, Classes: []string{}}
			for _, f := range d.Fields {
				if f.System {
					continue
				}
				t.Fields = append(t.Fields, word{f.Name, f.Label.In(lang), f.Class, string(f.Kind), f.Ref})
				t.Classes = addOnce(t.Classes, f.Class)
			}
			for _, l := range d.Lines {
				line := thing{Name: l.Name, Label: l.Label.In(lang), Actions: []word{}, Classes: []string{}}
				for _, f := range l.Of.Fields {
					if !f.System {
						line.Fields = append(line.Fields, word{f.Name, f.Label.In(lang), f.Class, string(f.Kind), f.Ref})
						t.Classes = addOnce(t.Classes, f.Class)
					}
				}
				t.Lines = append(t.Lines, line)
			}
			for _, x := range a.engine.Actions(d.Name) {
				t.Actions = append(t.Actions, word{Name: x.Name, Label: x.Label.In(lang)})
			}
			entities = append(entities, t)
		}
		roles, err := a.policy.Roles(ctx, tx)
		if err != nil {
			return err
		}
		out := []word{}
		for _, x := range roles {
			out = append(out, word{Name: x.Name, Label: x.Label.In(lang)})
		}
		return reply(w, http.StatusOK, map[string]any{"entities": entities, "roles": out, "builtins": a.policy.Builtins(), "input": []string{"roles", "keys", "entity", "row", "actor"}})
	})
}

func addOnce(list []string, x string) []string {
	for _, v := range list {
		if v == x {
			return list
		}
	}
	return append(list, x)
}

// policyKeys lists the public halves of the keys by which versions are signed.
func (a *API) policyKeys(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		list, err := policy.SigningKeys(ctx, tx)
		if err != nil {
			return err
		}
		out := []map[string]any{}
		for _, k := range list {
			out = append(out, map[string]any{"id": k.ID, "algorithm": "Ed25519", "public_key": k.Public, "made_at": k.MadeAt.UTC()})
		}
		return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
	})
}

// addRole makes a role of the company's own in a new draft: empty, or as a copy of another.
func (a *API) addRole(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name   string `json:"name"`
		ZH     string `json:"label_zh"`
		EN     string `json:"label_en"`
		CopyOf string `json:"copy_of"`
		Draft  *id.ID `json:"draft"` // into this draft; left out: a new one
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		v, err := a.policy.AddRole(ctx, tx, in.Draft, policy.NewRole{Name: in.Name, Label: i18n.T(in.ZH, in.EN), CopyOf: in.CopyOf})
		if err != nil {
			return err
		}
		record.Note(tx, "policy", "update", v.ID, nil)
		return a.show(ctx, tx, w, v.ID, http.StatusCreated)
	})
}
