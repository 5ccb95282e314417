package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// target is the entity, record and action that a path names.
type target struct {
	def    *entity.Def
	key    id.ID
	action string
}

// locate reads the path: the collection must be known and its module on.
func (a *API) locate(r *http.Request, tx *tenancy.Tx) (target, error) {
	v := mux.Vars(r)
	path := v["collection"]
	if v["module"] != "" {
		path = v["module"] + "/" + path
	}
	t := target{def: record.Catalog(tx).Path(path), action: v["action"]}
	if t.def == nil {
		return t, notFound()
	}
	if err := a.enabled(tx, a.engine.Owner(t.def.Name)); err != nil {
		return t, err
	}
	if v["id"] == "" {
		return t, nil
	}
	key, err := id.Parse(v["id"])
	if err != nil {
		return t, fault.New(fault.NotFound, "record.not_found", "找不到%s", "There is no such record (%s)", t.def.Label.ZH)
	}
	t.key = key
	return t, nil
}

func notFound() error {
	return fault.New(fault.NotFound, "path.unknown", "没有这个地址", "There is nothing at this address")
}

// enabled refuses what belongs to a module that is off, with its price.
func (a *API) enabled(tx *tenancy.Tx, module string) error {
	if module == "" || tx.Tenant.On(module) {
		return nil
	}
	f := fault.New(fault.NotEnabled, "module.off", "模块未启用", "The module is switched off").With("module", module)
	for _, m := range a.engine.Modules() {
		if m.Name == module {
			f.Text = entity.T("模块“"+m.Label.ZH+"”未启用", "The module "+m.Label.EN+" is switched off")
			f.With("price", m.Price).With("currency", "CNY")
		}
	}
	return f
}

func (a *API) get(w http.ResponseWriter, r *http.Request) error {
	params := r.URL.Query()
	asOf := params.Get("as_of")
	params.Del("as_of")
	q, err := queryOf(params)
	if err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		if asOf != "" {
			at, err := asOfTime(asOf, tx.Tenant.Zone)
			if err != nil {
				return err
			}
			raw, err := record.AsOf(ctx, tx, t.def, t.key, at)
			if err != nil {
				return err
			}
			return replyRaw(w, http.StatusOK, raw)
		}
		raw, version, err := record.Read(ctx, tx, t.def, t.key, q)
		if err != nil {
			return err
		}
		w.Header().Set("ETag", `"`+strconv.FormatInt(version, 10)+`"`)
		return replyRaw(w, http.StatusOK, raw)
	})
}

func (a *API) tree(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		story, err := record.Story(ctx, tx, t.def, t.key, languageOf(r))
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, story)
	})
}

func (a *API) create(w http.ResponseWriter, r *http.Request) error {
	if isForm(r) {
		return a.addFile(w, r)
	}
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
			_, err := record.Add(ctx, tx, t.def, []map[string]any{in}, func(int) string { return "" })
			return err
		})
	}
	return a.post(w, r, raw, func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error) {
		t, err := a.locate(r, tx)
		if err != nil {
			return record.Answer{}, err
		}
		keys, err := record.Add(ctx, tx, t.def, []map[string]any{in}, func(int) string { return "" })
		if err != nil {
			return record.Answer{}, err
		}
		a.touched(tx, t.def, keys[0])
		out, err := a.shown(ctx, tx, t.def, keys[0])
		return record.Answer{Status: http.StatusCreated, Location: "/api/v1/" + t.def.Path() + "/" + keys[0].String(), Body: out}, err
	})
}

// shown is the answer of a write: the record as the caller may see it, in its final state.
func (a *API) shown(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID) ([]byte, error) {
	if err := record.Settle(ctx, tx); err != nil {
		return nil, err
	}
	raw, _, err := record.Read(ctx, tx, def, key, record.Query{})
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) { // may write what they may not read
		return []byte(`{"id":"` + key.String() + `"}`), nil
	}
	return raw, err
}

func (a *API) patch(w http.ResponseWriter, r *http.Request) error {
	in, _, err := body(w, r)
	if err != nil {
		return err
	}
	version, err := ifMatch(r, true)
	if err != nil {
		return err
	}
	dry, err := wantsDryRun(r)
	if err != nil {
		return err
	}
	if dry {
		return a.dryRun(w, r, func(ctx context.Context, tx *tenancy.Tx, t target) error {
			return record.Change(ctx, tx, t.def, t.key, version, in)
		})
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		if err := record.Change(ctx, tx, t.def, t.key, version, in); err != nil {
			return err
		}
		a.touched(tx, t.def, t.key)
		out, err := a.shown(ctx, tx, t.def, t.key)
		if err != nil {
			return err
		}
		return a.later(tx, func() error { return replyRaw(w, http.StatusOK, out) })
	})
}

func (a *API) remove(w http.ResponseWriter, r *http.Request) error {
	version, err := ifMatch(r, false)
	if err != nil {
		return err
	}
	dry, err := wantsDryRun(r)
	if err != nil {
		return err
	}
	if dry {
		return a.dryRun(w, r, func(ctx context.Context, tx *tenancy.Tx, t target) error {
			return record.Remove(ctx, tx, t.def, t.key, version)
		})
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		if err := record.Remove(ctx, tx, t.def, t.key, version); err != nil {
			return err
		}
		a.touched(tx, t.def)
		return a.later(tx, func() error {
			w.WriteHeader(http.StatusNoContent)
			return nil
		})
	})
}

// ifMatch reads the version that the caller has seen.
func ifMatch(r *http.Request, required bool) (int64, error) {
	h := strings.Trim(strings.TrimPrefix(strings.TrimSpace(r.Header.Get("If-Match")), "W/"), `"`)
	if h == "" && !required {
		return 0, nil
	}
	v, err := strconv.ParseInt(h, 10, 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "if_match.required", "修改须带 If-Match 请求头（读取到的版本号）", "A change needs the If-Match header with the version that was read").
			At("If-Match", "required", "应为版本号", "must be the version")
	}
	return v, nil
}

// requestHash tells one request from another under the same idempotency key.
func requestHash(r *http.Request, raw []byte) string {
	h := sha256.New()
	h.Write([]byte(r.Method + " " + r.URL.Path + "?" + r.URL.RawQuery + "\n"))
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil))
}
