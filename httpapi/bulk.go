package httpapi

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
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
	dry, err := wantsDryRun(r)
	if err != nil {
		return err
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
		var mistakes []problemField
		if f := fault.As(err); f != nil && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Row > 0 }) {
			made, mistakes, err = 0, problemFields(f.Fields, languageOf(r)), nil // they are what a dry run is asked for
		}
		if err != nil {
			return err
		}
		return replyRaw(w, http.StatusOK, importAnswer(len(table.Rows), made, true, mistakes))
	}
	return a.post(w, r, raw, work)
}

func importAnswer(rows, made int, dry bool, mistakes []problemField) []byte {
	if mistakes == nil {
		mistakes = []problemField{}
	}
	raw, err := jsonBytes(map[string]any{"rows": rows, "created": made, "dry_run": dry, "errors": mistakes})
	if err != nil {
		panic(err) // numbers and texts always encode
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
	lazy := &lazyWriter{w: w}
	err = a.write(r.WithContext(context.WithoutCancel(r.Context())), func(ctx context.Context, tx *tenancy.Tx) error {
		if lazy.sent {
			return errBrokeOff // what was sent can't be taken back and begun again
		}
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		lazy.name = t.def.Collection + ".csv"
		err = record.Export(ctx, tx, t.def, q, languageOf(r), lazy)
		if lazy.gone {
			return nil // whoever hangs up early has taken data out all the same: that is kept
		}
		return err
	})
	if err != nil && lazy.sent {
		a.log.ErrorContext(r.Context(), "export broke off", "error", err, "request_id", requestID(r.Context()))
		panic(http.ErrAbortHandler) // the file must not look complete
	}
	return err
}

var errBrokeOff = errors.New("an export broke off")

// lazyWriter sends the headers with the first bytes, so that a refusal before can still be told properly. A byte order mark helps spreadsheets.
type lazyWriter struct {
	w    http.ResponseWriter
	name string
	sent bool
	gone bool // the client hung up
}

func (l *lazyWriter) Write(b []byte) (int, error) {
	if !l.sent {
		l.sent = true
		l.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		l.w.Header().Set("Content-Disposition", `attachment; filename="`+l.name+`"`)
		if _, err := l.w.Write([]byte("\ufeff")); err != nil {
			l.gone = true
			return 0, err
		}
	}
	n, err := l.w.Write(b)
	l.gone = l.gone || err != nil
	return n, err
}
