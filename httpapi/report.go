package httpapi

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// report answers a module's report: GET /api/v1/{module}/{report}, or POST where the question does not fit into an address. Neither writes anything.
func (a *API) report(w http.ResponseWriter, r *http.Request) error {
	path := reportPath(r)
	rep := a.engine.Report(path)
	params := map[string]any{}
	for k, v := range r.URL.Query() {
		params[k] = v[0]
	}
	if r.Method == http.MethodPost {
		in, _, err := body(w, r)
		if err != nil {
			return err
		}
		maps.Copy(params, in)
	}
	cursor, limit, err := pageAsked(params)
	if err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		def := record.Catalog(tx).Entity(rep.Of)
		if err := a.enabled(tx, a.engine.Owner(def.Name)); err != nil {
			return err
		}
		part, err := record.ReportPage(ctx, tx, rep, params, cursor, limit)
		if err != nil {
			return err
		}
		out := map[string]any{"data": part.Rows, "next_cursor": nil}
		if part.Next != "" {
			out["next_cursor"] = part.Next
		}
		if part.Totals != nil {
			out["totals"] = part.Totals
		}
		return reply(w, http.StatusOK, out)
	})
}

// pageAsked takes which page is wanted out of the parameters; what is left is the question.
func pageAsked(params map[string]any) (cursor string, limit int, err error) {
	var bad fault.Fields
	limit = record.MaxReport
	if v, asked := params["limit"]; asked {
		if limit, err = strconv.Atoi(fmt.Sprint(v)); err != nil || limit < 1 || limit > record.MaxReport {
			bad.Add("limit", "limit.range", "limit 应为 1 到 %[1]d 的整数", "limit takes a whole number from 1 to %[1]d", record.MaxReport)
		}
	}
	if v, asked := params["cursor"]; asked && v != nil {
		var text bool
		if cursor, text = v.(string); !text {
			bad.Add("cursor", "value.type", "应为文本", "must be a text")
		}
	}
	delete(params, "limit")
	delete(params, "cursor")
	return cursor, limit, bad.Err()
}

func reportPath(r *http.Request) string {
	path, err := mux.CurrentRoute(r).GetPathTemplate()
	if err != nil {
		return ""
	}
	return path[len("/api/v1/"):]
}
