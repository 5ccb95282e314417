package archive

import (
	"context"
	"fmt"
	"slices"

	"github.com/tenon-hq/tenon/tenancy"
)

// Changes tells in which figures and numbers of rows a tenant differs from the archive that it was made from.
func Changes(ctx context.Context, r *tenancy.Reader, was *Restored, list []Question) (out []string, err error) {
	now, err := ask(ctx, r, list)
	if err != nil {
		return nil, err
	}
	for _, b := range was.Before {
		at := slices.IndexFunc(now, func(f Figure) bool { return f.Name == b.Name })
		switch {
		case at < 0:
			out = append(out, b.Name+" is gone")
		case now[at] != b:
			out = append(out, fmt.Sprintf("%s: %d lines (%s) before, %d (%s) after", b.Name, b.Lines, b.Sum[:12], now[at].Lines, now[at].Sum[:12]))
		}
	}
	tables, err := r.Tables(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range was.Last.Tables {
		at := slices.IndexFunc(tables, func(t tenancy.Table) bool { return t.Name == c.Table })
		if at < 0 {
			out = append(out, fmt.Sprintf("%s is gone, with %d rows", c.Table, c.Rows))
			continue
		}
		n, err := r.Count(ctx, tables[at])
		if err != nil {
			return nil, err
		}
		if n != c.Rows {
			out = append(out, fmt.Sprintf("%s: %d rows before, %d after", c.Table, c.Rows, n))
		}
	}
	return out, nil
}
