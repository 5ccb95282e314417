package httpapi

import (
	"context"
	"maps"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
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
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		def := record.Catalog(tx).Entity(rep.Of)
		if err := a.enabled(tx, a.engine.Owner(def.Name)); err != nil {
			return err
		}
		rows, err := record.RunReport(ctx, tx, rep, params)
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, map[string]any{"data": rows, "next_cursor": nil})
	})
}

func reportPath(r *http.Request) string {
	path, err := mux.CurrentRoute(r).GetPathTemplate()
	if err != nil {
		return ""
	}
	return path[len("/api/v1/"):]
}
