package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// policyRoutes files the routes by which rights are written, reviewed, proven and published.
func (a *API) policyRoutes(on func(method, path string, h handler)) {
	const one = "/policy/versions/{id}"
	on(http.MethodGet, "/policy/versions", a.listVersions)
	on(http.MethodPost, "/policy/versions", a.startVersion)
	on(http.MethodGet, one, a.getVersion)
	on(http.MethodPatch, one, a.editVersion)
	on(http.MethodPost, one+"/check", a.checkVersion)
	on(http.MethodPost, one+"/submit", a.step(a.submitVersion))
	on(http.MethodPost, one+"/return", a.step(a.returnVersion))
	on(http.MethodPost, one+"/discard", a.step(a.discardVersion))
	on(http.MethodPost, one+"/publish", a.publishVersion)
	on(http.MethodPost, one+"/rollback", a.rollbackVersion)
	on(http.MethodGet, one+"/diff", a.diffVersion)
	on(http.MethodGet, one+"/proofs", a.listProofs)
	on(http.MethodPost, one+"/prove", a.proofLater(policy.ProofProver))
	on(http.MethodPost, one+"/impact", a.proofLater(policy.ProofImpact))
	on(http.MethodPost, one+"/replay", a.proofLater(policy.ProofReplay))
	on(http.MethodPost, "/policy/format", a.formatRego)
	on(http.MethodGet, "/policy/completion", a.completion)
	on(http.MethodGet, "/policy/keys", a.policyKeys)
	on(http.MethodGet, "/policy/explain", a.explain)
	on(http.MethodGet, "/policy/permissions", a.permissions)
	on(http.MethodGet, "/policy/emergency", a.listEmergency)
	on(http.MethodPost, "/policy/emergency", a.addEmergency)
	on(http.MethodPost, "/policy/emergency/{id}/revoke", a.revokeEmergency)
	on(http.MethodPost, "/policy/emergency/{id}/review", a.reviewEmergency)
	on(http.MethodPost, "/roles", a.addRole)
	on(http.MethodPost, "/approvals/decide", a.decideMany)
}

// officer refuses everybody who does not set rights.
func (a *API) officer(tx *tenancy.Tx) error {
	if a.maySetRights(tx) {
		return nil
	}
	return fault.New(fault.Forbidden, "rights.denied", "您无权查看或修改角色与规则（规则 platform.rights）", "You may not see or change roles and rules (rule platform.rights)").With("rule", "platform.rights")
}

// versionJSON is a version of the rights as the API shows it.
type versionJSON struct {
	ID          id.ID           `json:"id"`
	Version     int64           `json:"version"` // of the record, for If-Match
	Number      *int64          `json:"number"`  // once published
	Title       string          `json:"title"`
	State       string          `json:"state"` // draft, in_review, published, superseded, discarded
	Kind        string          `json:"kind,omitempty"`
	Base        int64           `json:"base"`
	Hash        string          `json:"content_hash"`
	Author      *id.ID          `json:"author"`
	Authors     []string        `json:"authors"`
	CreatedAt   time.Time       `json:"created_at"`
	UpdatedAt   time.Time       `json:"updated_at"`
	SubmittedBy *id.ID          `json:"submitted_by"`
	SubmittedAt *time.Time      `json:"submitted_at"`
	DecidedBy   *id.ID          `json:"decided_by"`
	DecidedAt   *time.Time      `json:"decided_at"`
	Comment     string          `json:"comment"`
	KeyID       *id.ID          `json:"key_id,omitempty"`
	Signature   string          `json:"signature,omitempty"` // Ed25519, base64
	Content     json.RawMessage `json:"content,omitempty"`
}

func orNone(k id.ID) *id.ID {
	if k.IsZero() {
		return nil
	}
	return &k
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// shownVersion writes a version; holds is the number of the one that holds now.
func shownVersion(r *policy.Review, holds int64, whole bool) versionJSON {
	out := versionJSON{
		ID: r.ID, Version: r.Revision, Title: r.Title, State: r.State, Kind: r.Kind, Base: r.Base, Hash: r.Hash, Author: orNone(r.Author), Authors: orEmpty(r.Authors),
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), SubmittedBy: orNone(r.SubmittedBy), SubmittedAt: timeOrNull(r.SubmittedAt),
		DecidedBy: orNone(r.DecidedBy), DecidedAt: timeOrNull(r.DecidedAt), Comment: r.Comment, KeyID: orNone(r.Key),
	}
	if len(r.Signature) > 0 {
		out.Signature = base64.StdEncoding.EncodeToString(r.Signature)
	}
	if r.Number > 0 {
		out.Number = &r.Number
		if r.Number != holds {
			out.State = "superseded"
		}
	}
	if whole {
		out.Content = r.ContentJSON
	}
	return out
}

func (a *API) holds(ctx context.Context, tx *tenancy.Tx) (int64, error) {
	now, err := a.policy.Numbered(ctx, tx, nil)
	if err != nil {
		return 0, err
	}
	return now.Number(), nil
}

// show answers with a version once the work is committed.
func (a *API) show(ctx context.Context, tx *tenancy.Tx, w http.ResponseWriter, key id.ID, status int) error {
	r, err := policy.Find(ctx, tx, key)
	if err != nil {
		return err
	}
	holds, err := a.holds(ctx, tx)
	if err != nil {
		return err
	}
	out := shownVersion(r, holds, true)
	return a.later(tx, func() error {
		w.Header().Set("ETag", strconv.Quote(strconv.FormatInt(r.Revision, 10)))
		if status == http.StatusCreated {
			w.Header().Set("Location", "/api/v1/policy/versions/"+r.ID.String())
		}
		return reply(w, status, out)
	})
}

func (a *API) listVersions(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	limit := 50
	var err error
	var bad fault.Fields
	if text := v.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 500 {
			bad.Add("limit", "limit.range", "limit 应为 1 到 500，收到 %q", "limit must be 1 to 500, got %q", text)
		}
	}
	var before id.ID
	if text := v.Get("cursor"); text != "" {
		if before, err = id.Parse(text); err != nil {
			bad.Add("cursor", "cursor.invalid", "游标无效", "is no cursor")
		}
	}
	state := v.Get("state")
	if state != "" && !slices.Contains([]string{policy.StateDraft, policy.StateReview, policy.StatePublished, policy.StateDiscarded, "superseded"}, state) {
		bad.Add("state", "value.option", "没有状态 %q", "there is no state %q", state)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		holds, err := a.holds(ctx, tx)
		if err != nil {
			return err
		}
		stored := state
		if state == "superseded" {
			stored = policy.StatePublished
		}
		list, err := policy.List(ctx, tx, stored, before, limit)
		if err != nil {
			return err
		}
		out := []versionJSON{}
		for _, x := range list {
			if shown := shownVersion(x, holds, false); state == "" || shown.State == state {
				out = append(out, shown)
			}
		}
		answer := map[string]any{"data": out, "next_cursor": nil, "current": holds}
		if len(list) == limit {
			answer["next_cursor"] = list[limit-1].ID.String()
		}
		return reply(w, http.StatusOK, answer)
	})
}

// changeJSON is what a draft is given or changed by.
type changeJSON struct {
	Title  *string       `json:"title"`
	From   *int64        `json:"from"` // a version's number; 0: the shipped rights; left out: the version that holds now
	Grants policy.Grants `json:"grants"`
	Rules  []policy.Rule `json:"rules"`
	Roles  []policy.Role `json:"roles"`
	Rego   *string       `json:"rego"`
	Cases  *string       `json:"cases"`
}

func (c changeJSON) change() policy.Change {
	return policy.Change{Title: c.Title, Grants: c.Grants, Rules: c.Rules, Roles: c.Roles, Rego: c.Rego, Cases: c.Cases}
}

func (a *API) startVersion(w http.ResponseWriter, r *http.Request) error {
	var in changeJSON
	if err := into(w, r, &in); err != nil {
		return err
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		v, err := a.policy.Start(ctx, tx, in.From, in.change())
		if err != nil {
			return err
		}
		record.Note(tx, "policy", "create", v.ID, nil)
		return a.show(ctx, tx, w, v.ID, http.StatusCreated)
	})
}

func versionID(r *http.Request) (id.ID, error) {
	key, err := id.Parse(mux.Vars(r)["id"])
	if err != nil {
		return key, fault.New(fault.NotFound, "policy.no_version", "没有此权限版本", "There is no such version of the rights")
	}
	return key, nil
}

func (a *API) getVersion(w http.ResponseWriter, r *http.Request) error {
	key, err := versionID(r)
	if err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		return a.show(ctx, tx, w, key, http.StatusOK)
	})
}

func (a *API) editVersion(w http.ResponseWriter, r *http.Request) error {
	key, err := versionID(r)
	if err != nil {
		return err
	}
	var in changeJSON
	if err := into(w, r, &in); err != nil {
		return err
	}
	revision, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(r.Header.Get("If-Match"), "W/"), `"`), 10, 64)
	if err != nil || in.From != nil {
		f := fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed")
		if in.From != nil {
			return f.At("from", "field.read_only", "草稿的来源不能修改", "where a draft was started from never changes")
		}
		return f.At("If-Match", "required", "必填：读取时的 version", "is required: the version that was read")
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.officer(tx); err != nil {
			return err
		}
		if _, err := a.policy.Edit(ctx, tx, key, revision, in.change()); err != nil {
			return err
		}
		record.Note(tx, "policy", "update", key, nil)
		return a.show(ctx, tx, w, key, http.StatusOK)
	})
}

// step is a move of a version from one state to another.
func (a *API) step(move func(ctx context.Context, tx *tenancy.Tx, key id.ID, comment string) (name string, err error)) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
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
		return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
			if err := a.officer(tx); err != nil {
				return err
			}
			name, err := move(ctx, tx, key, in.Comment)
			if err != nil {
				return err
			}
			record.Note(tx, "policy", name, key, nil)
			return a.show(ctx, tx, w, key, http.StatusOK)
		})
	}
}

// maybe is into for a body that may be left out.
func maybe(w http.ResponseWriter, r *http.Request, v any) error {
	if r.ContentLength == 0 {
		return nil
	}
	return into(w, r, v)
}

func (a *API) submitVersion(ctx context.Context, tx *tenancy.Tx, key id.ID, _ string) (string, error) {
	check, err := a.checked(ctx, tx)
	if err == nil {
		_, err = a.policy.Submit(ctx, tx, key, check)
	}
	return "submit", err
}

func (a *API) returnVersion(ctx context.Context, tx *tenancy.Tx, key id.ID, comment string) (string, error) {
	_, err := a.policy.Return(ctx, tx, key, comment)
	return "return", err
}

func (a *API) discardVersion(ctx context.Context, tx *tenancy.Tx, key id.ID, comment string) (string, error) {
	_, err := a.policy.Discard(ctx, tx, key, comment)
	return "discard", err
}

// checked gathers what a version is checked against.
func (a *API) checked(ctx context.Context, tx *tenancy.Tx) (policy.Checked, error) {
	people, err := a.people.List(ctx, tx)
	return policy.Checked{Catalog: record.Catalog(tx), People: people}, err
}

// text writes differences in the caller's language.
func differencesIn(list []policy.Difference, lang i18n.Lang) []map[string]any {
	out := make([]map[string]any, len(list))
	for i, d := range list {
		out[i] = map[string]any{"kind": d.Kind, "role": d.Role, "entity": d.Entity, "what": d.What, "rule": d.Rule, "text": d.Text.In(lang)}
	}
	return out
}
