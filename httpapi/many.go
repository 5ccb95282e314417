package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// patchMany does PATCH {collection}?filters: the same values for all that match, all or none. ?dry_run=true tells how many match and what is wrong.
func (a *API) patchMany(w http.ResponseWriter, r *http.Request) error {
	in, _, err := body(w, r)
	if err != nil {
		return err
	}
	many, err := manyOf(in)
	if err != nil {
		return err
	}
	dry, err := wantsDryRun(r)
	if err != nil {
		return err
	}
	params := r.URL.Query()
	params.Del("dry_run")
	q, err := queryOf(params)
	if err != nil {
		return err
	}
	matched := 0
	work := func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		if matched, err = record.ChangeMany(ctx, tx, t.def, q, many); err != nil {
			return err
		}
		a.touched(tx, t.def)
		return record.Settle(ctx, tx)
	}
	var opts []tenancy.Option
	if dry {
		opts = append(opts, tenancy.DryRun())
	}
	err = a.write(r, work, opts...)
	mistakes := []problemField{}
	if f := fault.As(err); dry && f != nil && len(f.Fields) > 0 && strings.HasPrefix(f.Fields[0].Path, "record ") {
		mistakes, err = problemFields(f.Fields, languageOf(r)), nil // they are what a dry run is asked for
	}
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"matched": matched, "dry_run": dry, "errors": mistakes})
}

// manyOf reads {"set": {…}, "count": n, "versions": {"id": n}}.
func manyOf(in map[string]any) (record.Many, error) {
	var out record.Many
	var bad fault.Fields
	for name, v := range in {
		switch x, number := v.(json.Number); {
		case name == "set":
			var ok bool
			if out.Set, ok = v.(map[string]any); !ok {
				bad.Add(name, "value.type", "应为对象", "must be an object")
			}
		case name == "count" && number:
			n, err := x.Int64()
			if err != nil {
				bad.Add(name, "value.type", "应为整数", "must be a whole number")
			}
			out.Count = &n
		case name == "versions":
			out.Versions = versionsOf(v, &bad)
		default:
			bad.Add(name, "field.unknown", "没有字段 %s", "There is no field %s", name)
		}
	}
	return out, bad.Err()
}

func versionsOf(v any, bad *fault.Fields) map[string]int64 {
	list, ok := v.(map[string]any)
	if !ok {
		bad.Add("versions", "value.type", "应为对象：id → 版本", "must be an object: id → version")
	}
	out := make(map[string]int64, len(list))
	for k, x := range list {
		number, _ := x.(json.Number)
		n, err := number.Int64()
		if err != nil {
			bad.Add("versions."+k, "value.type", "应为整数", "must be a whole number")
		}
		out[k] = n
	}
	return out
}
