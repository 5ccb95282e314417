package httpapi

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// importFile does POST …/import: a CSV as multipart (the first file part) or as the body itself. All rows or none; ?dry_run=true only checks.
func (a *API) importFile(w http.ResponseWriter, r *http.Request) error {
	file, err := upload(w, r)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	if !utf8.Valid(raw) {
		return fault.New(fault.Invalid, "csv.encoding", "文件应为 UTF-8 编码", "The file must be encoded in UTF-8")
	}
	table, err := record.ReadCSV(strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	dry := r.URL.Query().Get("dry_run") == "true"
	var opts []tenancy.Option
	if dry {
		opts = append(opts, tenancy.DryRun())
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
		return record.Answer{Status: http.StatusOK, Body: importAnswer(len(table.Rows), made, false)}, err
	}
	if dry {
		err := a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := work(ctx, tx)
			return err
		}, opts...)
		if err != nil {
			return err
		}
		return replyRaw(w, http.StatusOK, importAnswer(len(table.Rows), made, true))
	}
	return a.post(w, r, raw, work)
}

func importAnswer(rows, made int, dry bool) []byte {
	raw, err := jsonBytes(map[string]any{"rows": rows, "created": made, "dry_run": dry, "errors": []any{}})
	if err != nil {
		panic(err) // numbers always encode
	}
	return raw
}

func upload(w http.ResponseWriter, r *http.Request) (io.Reader, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFile)
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return r.Body, nil //nolint:nilerr // a body that is no form is the file itself
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	for {
		p, err := parts.NextPart()
		if err != nil {
			return nil, fault.New(fault.Invalid, "upload.missing", "没有上传文件", "No file was uploaded").At("file", "required", "必填", "is required").Because(err)
		}
		if p.FileName() != "" || p.FormName() == "file" {
			return p, nil
		}
	}
}

// export does GET …/export: everything that the filters select, as CSV.
func (a *API) export(w http.ResponseWriter, r *http.Request) error {
	params := r.URL.Query()
	format := params.Get("format")
	params.Del("format")
	q, err := record.ParseQuery(params)
	if err != nil {
		return err
	}
	if format != "" && format != "csv" {
		return fault.New(fault.Invalid, "format.unknown", "不支持的格式 %s", "There is no format %s", format).At("format", "value.option", "应为 csv", "must be csv")
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		lazy := &lazyWriter{w: w, name: t.def.Collection + ".csv"}
		return record.Export(ctx, tx, t.def, q, languageOf(r), lazy)
	})
}

// lazyWriter sends the headers with the first bytes, so that a refusal before can still be told properly. A byte order mark helps spreadsheets.
type lazyWriter struct {
	w    http.ResponseWriter
	name string
	sent bool
}

func (l *lazyWriter) Write(b []byte) (int, error) {
	if !l.sent {
		l.sent = true
		l.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		l.w.Header().Set("Content-Disposition", `attachment; filename="`+l.name+`"`)
		if _, err := l.w.Write([]byte("\ufeff")); err != nil {
			return 0, err
		}
	}
	return l.w.Write(b)
}
