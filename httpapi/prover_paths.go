package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/tenancy"
)

const proveWithin = time.Minute // for one statement

var (
	passing  = regexp.MustCompile(`"(request_id|next_cursor|hash|generation|at|server_time)":("[^"]*"|\d+)`)
	variable = regexp.MustCompile(`\{(\w+)(:[^{}]*(\{[^{}]*\}[^{}]*)*)?\}`)
)

// walk is an address to open.
type walk struct {
	path   string
	entity string
	denied string // the denied field that it sorts, filters, searches or writes by

	method string                 // none: GET
	body   map[string]any         // of a dry run
	match  string                 // the address whose version a dry run has to name
	once   bool                   // it depends on what is hidden by right, as each act does: only values are looked for
	ask    func() ([]byte, error) // instead of an address: what would be sent to somebody
}

// name is how an address is shown.
func (w walk) name() string {
	if w.method == "" {
		return w.path
	}
	return w.method + " " + w.path
}

// routes lists the templates of all routes that the router knows for a method, below /api/v1.
func (a *API) routes(method string) []string {
	var out []string
	_ = a.router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		methods, err := route.GetMethods()
		template, err2 := route.GetPathTemplate()
		if err != nil || err2 != nil || !slices.Contains(methods, method) {
			return nil //nolint:nilerr // a part of the tree without methods is no route
		}
		if rest, ok := strings.CutPrefix(template, "/api/v1"); ok {
			out = append(out, variable.ReplaceAllString(rest, "{$1}"))
		}
		return nil
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// unwalked are the routes that are not opened: the known ones with their reasons, and any with a variable that the prover can't fill.
func (a *API) unwalked() []string {
	out := []string{}
	for _, t := range a.routes(http.MethodGet) {
		switch why, known := skipped()[t]; {
		case known:
			out = append(out, t+": "+why)
		case a.fixedPath(t) == nil && !strings.Contains(t, "{collection}"):
			out = append(out, t+": the prover does not know how to fill it")
		}
	}
	return append(out, a.unacted()...)
}

// fixedPath are the addresses of a route that is no record's; nil when it can't be filled.
func (a *API) fixedPath(template string) []string {
	switch template {
	case "/search":
		return []string{"/search?q=CNRY&limit=20", "/search?q=a&limit=20"}
	case "/jobs":
		return []string{"/jobs?mine=true", "/jobs"}
	case "/jobs/{id}":
		return []string{"/jobs/0"} // those that there are come from prover.jobs
	case "/events":
		return []string{template + "?once=true&last_event_id=" + strconv.FormatInt(a.db.Now().Add(-resumeMost/2).UnixMicro(), 10)}
	case "/policy/explain":
		return []string{template + "?entity=user&what=see"}
	case "/policy/permissions", "/policy/versions", "/policy/emergency", "/audit":
		return []string{template + "?limit=200"}
	case "/policy/versions/{id}", "/policy/versions/{id}/diff", "/policy/versions/{id}/proofs", "/billing/invoices/{id}", "/keys/deletions/{id}":
		return []string{strings.Replace(template, "{id}", "00000000-0000-7000-8000-000000000000", 1)}
	}
	if strings.Contains(template, "{") {
		return nil
	}
	return []string{template}
}

// paths makes every address that the role could open, from the router and the descriptions.
func (p *prover) paths(ctx context.Context, tx *tenancy.Tx) ([]walk, error) {
	var out []walk
	routes := p.api.routes(http.MethodGet)
	for _, t := range routes {
		if skipped()[t] != "" || strings.Contains(t, "{collection}") {
			continue
		}
		for _, path := range p.api.fixedPath(t) {
			out = append(out, walk{path: path})
		}
	}
	for _, def := range record.Catalog(tx).All() {
		if owner := p.api.engine.Owner(def.Name); def.Collection == "" || owner != "" && !tx.Tenant.On(owner) {
			continue
		}
		base := "/{collection}"
		if def.Module() != "" {
			base = "/{module}/{collection}"
		}
		for _, t := range routes {
			if rest, ok := strings.CutPrefix(t, base); ok && (rest == "" || rest[0] == '/') {
				out = append(out, p.recordPaths("/"+def.Path(), rest, def)...)
			}
		}
		acts, err := p.acts(ctx, tx, base, def)
		if err != nil {
			return nil, err
		}
		out = append(out, acts...)
	}
	return append(append(out, p.jobs(ctx)...), p.sendings(ctx, tx)...), nil
}

// recordPaths fills one route of an entity.
func (p *prover) recordPaths(path, rest string, def *entity.Def) []walk {
	var out []walk
	add := func(path string) { out = append(out, walk{path: path, entity: def.Name}) }
	if strings.HasPrefix(rest, "/{id}") {
		for _, key := range p.garden.Rows[def.Name][:min(2, len(p.garden.Rows[def.Name]))] {
			add(path + "/" + key.String() + strings.TrimPrefix(rest, "/{id}"))
		}
		if rest == "/{id}" { // a record that is not seen is not told apart from one that is not there
			for _, c := range p.garden.Canaries {
				if c.Entity == def.Name && !slices.Contains(p.garden.Rows[def.Name], c.Record) {
					add(path + "/" + c.Record.String())
					break
				}
			}
		}
		return out
	}
	rows, visible := p.garden.Rows[def.Name]
	if visible && len(rows) == 0 && rest != "" {
		return nil // an empty file has nothing to tell
	}
	add(path + rest)
	if rest == "/export" {
		add(path + rest + "?format=xlsx")
	}
	if rest != "" || !visible {
		return out
	}
	if len(rows) > 0 {
		add(path + "?limit=100&count=true")
		for _, c := range p.garden.Canaries {
			if c.Entity == def.Name && c.Needle[0] != "" {
				add(path + "?q=" + url.QueryEscape(c.Needle[0]))
				break
			}
		}
		for _, f := range def.Fields {
			if name, ok := strings.CutSuffix(f.Name, "_id"); ok && f.Ref != "" && f.RefBy == "" && !slices.Contains(p.garden.Denied[def.Name], f.Name) {
				add(path + "?limit=20&expand=" + name)
			}
		}
	}
	classes := map[string]bool{} // rights are given by class, so one field of each stands for the others; own fields are given one by one
	for _, name := range p.garden.Denied[def.Name] {
		f := def.Field(name)
		if classes[f.Class] && !f.Custom {
			continue
		}
		classes[f.Class] = true
		for _, query := range []string{"?sort=" + name, "?" + name + "[null]=false"} {
			out = append(out, walk{path: path + query, entity: def.Name, denied: name})
		}
	}
	return append(out, p.lineProbes(path, def)...)
}

// lineProbes ask a document's list for what stands in denied fields of its lines.
func (p *prover) lineProbes(path string, def *entity.Def) []walk {
	var out []walk
	for _, l := range def.Lines {
		for _, name := range p.garden.Denied[l.Of.Name] {
			out = append(out, walk{path: path + "?" + l.Name + "." + name + "[null]=false", entity: l.Of.Name, denied: name})
		}
	}
	return out
}
