package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	importAtOnce = 20_000           // rows that are imported before the answer; more become a task
	importWithin = 20 * time.Minute // for one statement of a large one
)

// importTask is what is kept of an import that becomes a task; the file is kept beside it.
type importTask struct {
	Entity  string            `json:"entity"`
	Mapping map[string]string `json:"mapping,omitempty"`
	Dry     bool              `json:"dry_run"`
	Lang    i18n.Lang         `json:"lang"`
	Rows    int               `json:"rows"`
	Size    int64             `json:"size"`
}

// importFile does POST …/import: a CSV or XLSX as multipart (the first file part) or as the body itself. All rows or none; ?dry_run=true only checks.
// What is large, or comes with ?async=true, goes on after the answer as a task; with ?batches=true as one that is tried as a whole and saved piece by piece.
func (a *API) importFile(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.caller(r); err != nil { // before anything is read
		return err
	}
	dry, err := wantsDryRun(r)
	if err != nil {
		return err
	}
	f, err := upload(w, r)
	if err != nil {
		return err
	}
	defer f.drop()
	mapping, err := mappingOf(r, f)
	if err != nil {
		return err
	}
	table, err := record.ReadTable(f.file, f.Size)
	if err != nil {
		return err
	}
	table.Mapping = mapping
	later, err := flag(r, "async", len(table.Rows) > importAtOnce)
	if err != nil {
		return err
	}
	batches, err := flag(r, "batches", false)
	if err != nil {
		return err
	}
	if later || batches {
		what := "import"
		if batches && !dry {
			what = importBatches
		}
		return a.importLater(w, r, f, what, importTask{Mapping: mapping, Dry: dry, Lang: languageOf(r), Rows: len(table.Rows), Size: f.Size})
	}
	made := 0
	work := func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error) {
		t, err := a.locate(r, tx)
		if err != nil {
			return record.Answer{}, err
		}
		keys, err := record.Import(ctx, tx, t.def, table)
		made = len(keys)
		a.touched(tx, t.def)
		return record.Answer{Status: http.StatusOK, Body: importAnswer(len(table.Rows), made, false, nil)}, err
	}
	if dry {
		err := a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := work(ctx, tx)
			return err
		}, tenancy.DryRun())
		mistakes, err := tableMistakes(err, languageOf(r))
		if err != nil {
			return err
		}
		if mistakes != nil {
			made = 0
		}
		return replyRaw(w, http.StatusOK, importAnswer(len(table.Rows), made, true, mistakes))
	}
	return a.post(w, r, markOf(f, mapping), work)
}

// markOf tells one upload from another under the same idempotency key.
func markOf(f *sentForm, mapping map[string]string) []byte {
	raw, err := json.Marshal(mapping)
	if err != nil {
		panic(err) // texts always encode
	}
	return append([]byte(f.SHA256), raw...)
}

// tableMistakes are what a dry run is asked for, when an error is about rows of the table.
func tableMistakes(err error, lang i18n.Lang) ([]problemField, error) {
	if f := fault.As(err); f != nil && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Row > 0 }) {
		return problemFields(f.Fields, lang), nil
	}
	return nil, err
}

func importAnswer(rows, made int, dry bool, mistakes []problemField) []byte {
	raw, err := jsonBytes(importOutcome(rows, made, dry, mistakes))
	if err != nil {
		panic(err) // numbers and texts always encode
	}
	return raw
}

func importOutcome(rows, made int, dry bool, mistakes []problemField) map[string]any {
	if mistakes == nil {
		mistakes = []problemField{}
	}
	return map[string]any{"rows": rows, "created": made, "dry_run": dry, "errors": mistakes}
}

// importLater makes a task of an import: the file is kept, sealed, until it is done.
func (a *API) importLater(w http.ResponseWriter, r *http.Request, f *sentForm, what string, in importTask) error {
	return a.post(w, r, append(markOf(f, in.Mapping), what...), func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error) {
		t, err := a.locate(r, tx)
		if err != nil {
			return record.Answer{}, err
		}
		if err := record.MayImport(ctx, tx, t.def); err != nil {
			return record.Answer{}, err
		}
		in.Entity = t.def.Name
		if err := rewind(f.file); err != nil {
			return record.Answer{}, err
		}
		return a.begin(ctx, tx, what, in, f.file, map[string]any{"rows": in.Rows})
	})
}

// begin files a task and answers with its job.
func (a *API) begin(ctx context.Context, tx *tenancy.Tx, what string, in any, file io.Reader, more map[string]any) (record.Answer, error) {
	task, err := record.NewTask(ctx, tx, what, in, file)
	if err != nil {
		return record.Answer{}, err
	}
	job, err := a.relay.Begin(ctx, tx, what, task)
	if err != nil {
		return record.Answer{}, err
	}
	out := map[string]any{"job": job, "state": "available"}
	for k, v := range more {
		out[k] = v
	}
	raw, err := jsonBytes(out)
	return record.Answer{Status: http.StatusAccepted, Location: jobPath(job), Body: raw}, err
}

// runImport is the task: the whole table in one unit of work, so that it can begin again after whatever stopped it.
func (a *API) runImport(ctx context.Context, run *relay.Run) error {
	var in importTask
	refused := func(f *fault.Fault) any {
		out := importOutcome(in.Rows, 0, in.Dry, problemFields(f.Fields, in.Lang))
		out["reason"], out["detail"] = f.Reason, f.Text.In(in.Lang)
		return out
	}
	return relay.Once(ctx, a.engine, run, importWithin, func(ctx context.Context, tx *tenancy.Tx, t *record.Task) (any, error) {
		if err := json.Unmarshal(t.Input, &in); err != nil {
			return nil, err
		}
		table, err := a.keptTable(ctx, tx, run)
		if err != nil {
			return nil, err
		}
		table.Mapping, table.Tell = in.Mapping, run.Tell
		def := record.Catalog(tx).Entity(in.Entity)
		if def == nil {
			return nil, notFound()
		}
		if err := a.enabled(tx, a.engine.Owner(def.Name)); err != nil {
			return nil, err
		}
		if in.Dry {
			made, mistakes, err := a.tryImport(ctx, tx, in, table)
			return importOutcome(in.Rows, made, true, mistakes), err
		}
		keys, err := record.Import(ctx, tx, def, table)
		a.touched(tx, def)
		return importOutcome(in.Rows, len(keys), false, nil), err
	}, refused)
}

// keptTable reads a task's file back.
func (a *API) keptTable(ctx context.Context, tx *tenancy.Tx, run *relay.Run) (record.Table, error) {
	temp, err := os.CreateTemp("", "tenon-import-*")
	if err != nil {
		return record.Table{}, err
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // a leftover of the temporary folder
	defer temp.Close()           //nolint:errcheck // nothing is written after
	if err := record.TaskContent(ctx, tx, run.Task, temp); err != nil {
		return record.Table{}, err
	}
	size, err := temp.Seek(0, io.SeekEnd)
	if err != nil {
		return record.Table{}, err
	}
	return record.ReadTable(temp, size)
}

// tryImport checks a table within a task's unit of work and takes everything back.
func (a *API) tryImport(ctx context.Context, tx *tenancy.Tx, in importTask, table record.Table) (made int, mistakes []problemField, err error) {
	def := record.Catalog(tx).Entity(in.Entity)
	err = record.Try(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) error {
		keys, err := record.Import(ctx, tx, def, table)
		made = len(keys)
		return err
	})
	mistakes, err = tableMistakes(err, in.Lang)
	if mistakes != nil {
		made = 0
	}
	return made, mistakes, err
}

// upload takes the file of a request, from a form or as the body itself.
func upload(w http.ResponseWriter, r *http.Request) (*sentForm, error) {
	if isForm(r) {
		f, err := readForm(w, r, maxFile)
		if fault.As(err) != nil && fault.As(err).Reason == "upload.empty" {
			return nil, fault.New(fault.Invalid, "csv.empty", "文件为空", "The file is empty")
		}
		return f, err
	}
	f := &sentForm{values: map[string]any{}}
	r.Body = http.MaxBytesReader(w, r.Body, maxFile)
	if err := f.keep(r.Body, "", maxFile); err != nil {
		f.drop()
		return nil, err
	}
	return f, nil
}

// mappingOf reads which column fills which field: the form's member or the parameter "mapping", a JSON object of titles and fields; an empty field
// leaves the column out.
func mappingOf(r *http.Request, f *sentForm) (map[string]string, error) {
	text, _ := f.values["mapping"].(string)
	if text == "" {
		text = r.URL.Query().Get("mapping")
	}
	if text == "" {
		return nil, nil //nolint:nilnil // the titles say it
	}
	out := map[string]string{}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("mapping", "value.type", "应为 JSON 对象：列标题 → 字段", "must be a JSON object: title → field").Because(err)
	}
	return out, nil
}

// flag reads a parameter that is true or false.
func flag(r *http.Request, name string, otherwise bool) (bool, error) {
	switch v := r.URL.Query().Get(name); v {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "":
		return otherwise, nil
	default:
		var bad fault.Fields
		bad.Add(name, "value.type", "%[1]s 应为 true 或 false，收到 %[2]q", "%[1]s takes true or false, got %[2]q", name, v)
		return false, bad.Err()
	}
}

var errBrokeOff = errors.New("an export broke off")
