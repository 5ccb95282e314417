package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/tenancy"
)

// list does GET {collection}: one page of what the parameters select.
func (a *API) list(w http.ResponseWriter, r *http.Request) error {
	q, err := queryOf(r.URL.Query())
	return a.page(w, r, q, err)
}

// query does POST {collection}/query: a list whose question does not fit into an address. It writes nothing.
func (a *API) query(w http.ResponseWriter, r *http.Request) error {
	in, _, err := body(w, r)
	if err != nil {
		return err
	}
	q, err := record.QueryOf(in)
	return a.page(w, r, q, err)
}

// page answers with one page of a list, or with all that is wrong with the question; wrong is what was found so far.
func (a *API) page(w http.ResponseWriter, r *http.Request, q record.Query, wrong error) error {
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		if wrong != nil {
			return record.Mistakes(ctx, tx, t.def, q, wrong)
		}
		page, err := record.List(ctx, tx, t.def, q)
		if err != nil {
			return err
		}
		return replyRaw(w, http.StatusOK, pageJSON(page))
	})
}

// totals does GET {collection}/totals?by=status&sum=total_amount: how many records there are, and sums, for each group of what the filters select.
func (a *API) totals(w http.ResponseWriter, r *http.Request) error {
	params := r.URL.Query()
	t, err := record.ParseTotals(params)
	if err != nil {
		return err
	}
	_, limited := params["limit"]
	q, err := queryOf(params)
	if err != nil {
		return err
	}
	if limited {
		t.Most = q.Limit
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		x, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		groups, more, err := record.Sums(ctx, tx, x.def, q, t)
		if err != nil {
			return err
		}
		out := append(rowsJSON([]byte(`{"data":[`), groups), `],"next_cursor":null,"more":`...)
		return replyRaw(w, http.StatusOK, append(strconv.AppendBool(out, more), '}'))
	})
}

// queryOf reads a list's parameters. A filter in groups is JSON, and held against what JSON may be here.
func queryOf(params map[string][]string) (record.Query, error) {
	for _, v := range params["filter"] {
		if err := sane([]byte(v)); err != nil {
			return record.Query{}, err
		}
	}
	return record.ParseQuery(params)
}

func pageJSON(p record.Page) []byte {
	b := append(rowsJSON([]byte(`{"data":[`), p.Data), `],"next_cursor":`...)
	if p.Next == "" {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendQuote(b, p.Next)
	}
	if p.Total != nil {
		b = append(b, `,"total":`...)
		b = strconv.AppendInt(b, *p.Total, 10)
	}
	return append(b, '}')
}

func rowsJSON(b []byte, rows [][]byte) []byte {
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, row...)
	}
	return b
}
