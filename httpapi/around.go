package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// history answers GET …/{id}/history: who changed which field from what to what, newest first, of the record and its lines.
func (a *API) history(w http.ResponseWriter, r *http.Request) error {
	q, err := record.ParseQuery(r.URL.Query())
	if err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		page, err := record.History(ctx, tx, t.def, t.key, q, languageOf(r))
		if err != nil {
			return err
		}
		return replyRaw(w, http.StatusOK, pageJSON(page))
	})
}

// related answers GET …/{id}/related: which records point to this one.
func (a *API) related(w http.ResponseWriter, r *http.Request) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		list, err := record.Related(ctx, tx, t.def, t.key, languageOf(r))
		if err != nil {
			return err
		}
		type group struct {
			*record.Relation
			Data []json.RawMessage `json:"data"`
		}
		out := make([]group, len(list))
		for i, x := range list {
			out[i] = group{x, []json.RawMessage{}}
			for _, raw := range x.Data {
				out[i].Data = append(out[i].Data, raw)
			}
		}
		return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
	})
}

// search answers GET /search?q=: records of all kinds by what people call them.
func (a *API) search(w http.ResponseWriter, r *http.Request) error {
	each, among, err := searchParams(r)
	if err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		hits, err := record.Search(ctx, tx, r.URL.Query().Get("q"), among, each, languageOf(r))
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, map[string]any{"data": hits, "next_cursor": nil})
	})
}

// searchParams reads how many of each kind are wanted, and which kinds.
func searchParams(r *http.Request) (each int, among []string, err error) {
	const most = 20
	each = 5
	var bad fault.Fields
	for name, values := range r.URL.Query() {
		switch name {
		case "q":
		case "limit":
			if each, err = strconv.Atoi(values[0]); err != nil || each < 1 || each > most {
				bad.Add("limit", "limit.range", "limit 应为 1 到 %d，收到 %q", "limit must be 1 to %d, got %q", most, values[0])
			}
		case "entities":
			among = slices.DeleteFunc(strings.Split(values[0], ","), func(s string) bool { return s == "" })
		default:
			bad.Add(name, "field.unknown", "没有参数 %s", "There is no parameter %s", name)
		}
	}
	return each, among, bad.Err()
}
