package httpapi

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/tenancy"
)

// takeoverTask is what is kept of a takeover that goes on after the answer; its files are kept beside it, in one archive and in their order.
type takeoverTask struct {
	Then    []string            `json:"then"`
	Mapping []map[string]string `json:"mapping"`
	Reports []string            `json:"reports"`
	Dry     bool                `json:"dry_run"`
	Lang    i18n.Lang           `json:"lang"`
	Rows    int                 `json:"rows"`
}

// takeoverLater makes a task of a takeover (?async=true).
func (a *API) takeoverLater(w http.ResponseWriter, r *http.Request, parts []*part, in takeoverTask) error {
	for _, p := range parts {
		in.Then, in.Mapping, in.Rows = append(in.Then, p.then), append(in.Mapping, p.table.Mapping), in.Rows+len(p.table.Rows)
	}
	packed, err := os.CreateTemp("", "tenon-takeover-*")
	if err != nil {
		return err
	}
	defer os.Remove(packed.Name()) //nolint:errcheck // a leftover of the temporary folder
	defer packed.Close()           //nolint:errcheck // nothing is written after
	if err := pack(packed, parts); err != nil {
		return err
	}
	mark, err := json.Marshal([]any{(&taking{parts: parts}).marks(), in})
	if err != nil {
		return err
	}
	return a.post(w, r, mark, func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error) {
		if err := rewind(packed); err != nil {
			return record.Answer{}, err
		}
		return a.begin(ctx, tx, "takeover", in, packed, map[string]any{"rows": in.Rows})
	})
}

func pack(into io.Writer, parts []*part) error {
	out := tar.NewWriter(into)
	for _, p := range parts {
		if err := rewind(p.file.file); err != nil {
			return err
		}
		if err := out.WriteHeader(&tar.Header{Name: p.path, Size: p.file.Size, Mode: 0o600}); err != nil {
			return err
		}
		if _, err := io.Copy(out, p.file.file); err != nil {
			return err
		}
	}
	return out.Close()
}

// runTakeover is the task: all tables in one unit of work, so that it can begin again after whatever stopped it.
func (a *API) runTakeover(ctx context.Context, run *relay.Run) error {
	var in takeoverTask
	x := &taking{a: a, tell: run.Tell}
	refused := func(f *fault.Fault) any {
		out := x.answer(in.Dry)
		out["reason"], out["detail"], out["errors"] = f.Reason, f.Text.In(in.Lang), problemFields(f.Fields, in.Lang)
		return out
	}
	return relay.Once(ctx, a.engine, run, importWithin, func(ctx context.Context, tx *tenancy.Tx, t *record.Task) (any, error) {
		if err := json.Unmarshal(t.Input, &in); err != nil {
			return nil, err
		}
		parts, err := keptParts(ctx, tx, run, in)
		defer dropParts(parts)
		if err != nil {
			return nil, err
		}
		x.lang, x.parts, x.reports = in.Lang, parts, in.Reports
		if in.Dry {
			err := record.Try(ctx, tx, x.run)
			return x.answer(true), err
		}
		if err := x.run(ctx, tx); err != nil {
			return nil, err
		}
		if err := x.refusal(); err != nil {
			return nil, err
		}
		return x.answer(false), nil
	}, refused)
}

// keptParts reads a task's files back.
func keptParts(ctx context.Context, tx *tenancy.Tx, run *relay.Run, in takeoverTask) (parts []*part, err error) {
	packed, err := os.CreateTemp("", "tenon-takeover-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(packed.Name()) //nolint:errcheck // a leftover of the temporary folder
	defer packed.Close()           //nolint:errcheck // nothing is written after
	if err := record.TaskContent(ctx, tx, run.Task, packed); err != nil {
		return nil, err
	}
	if err := rewind(packed); err != nil {
		return nil, err
	}
	all := tar.NewReader(packed)
	for i := 0; ; i++ {
		head, err := all.Next()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return parts, err
		}
		p, err := tablePart(all, head.Name)
		parts = append(parts, p)
		if err != nil {
			return parts, err
		}
		p.then, p.table.Mapping = in.Then[i], in.Mapping[i]
	}
}
