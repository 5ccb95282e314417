package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// export does GET …/export: everything that the filters select, as CSV, XLSX or JSON lines, sent as it is read.
func (a *API) export(w http.ResponseWriter, r *http.Request) error {
	params := r.URL.Query()
	format, err := formatOf(params.Get("format"), true)
	if err != nil {
		return err
	}
	params.Del("format")
	nested, err := yesOf(params.Get("nested"), "nested")
	if err != nil {
		return err
	}
	params.Del("nested")
	q, err := queryOf(params)
	if err != nil {
		return err
	}
	lazy := &lazyWriter{w: w, format: format}
	err = a.write(r.WithContext(context.WithoutCancel(r.Context())), func(ctx context.Context, tx *tenancy.Tx) error {
		if lazy.sent {
			return errBrokeOff // what was sent can't be taken back and begun again
		}
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		lazy.name = t.def.Collection + "." + format
		err = record.Export(ctx, tx, t.def, q, languageOf(r), nested, sheetFor(format, lazy, t.def.Label.In(languageOf(r))))
		if lazy.gone {
			return nil // whoever hangs up early has taken data out all the same: that is kept
		}
		return err
	}, tenancy.Anyway())
	if err != nil && lazy.sent {
		a.log.ErrorContext(r.Context(), "export broke off", "error", err, "request_id", requestID(r.Context()))
		panic(http.ErrAbortHandler) // the file must not look complete
	}
	return err
}

// yesOf reads a parameter that is true or false.
func yesOf(v, name string) (bool, error) {
	switch v {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, fault.New(fault.Invalid, "fields.invalid", "参数有误", "A parameter is wrong").
		At(name, "value.type", "%[1]s 应为 true 或 false", "%[1]s takes true or false", name)
}

func formatOf(v string, lines bool) (string, error) {
	switch {
	case v == "", v == formatCSV:
		return formatCSV, nil
	case v == formatXLSX, v == formatJSONL && lines:
		return v, nil
	}
	return "", fault.New(fault.Invalid, "format.unknown", "不支持的格式 %s", "There is no format %s", strconv.Quote(v)).
		At("format", "value.option", "应为 csv、xlsx 或（仅导出）jsonl", "must be csv, xlsx or, to export, jsonl")
}

const (
	formatCSV   = "csv"
	formatXLSX  = "xlsx"
	formatJSONL = "jsonl"
)

func sheetFor(format string, out *lazyWriter, title string) record.Sheet {
	switch format {
	case formatXLSX:
		return record.NewXLSX(out, title)
	case formatJSONL:
		return record.NewJSONLines(out)
	}
	return record.NewCSV(out)
}

// importTemplate answers GET …/import_template: a table with nothing but the titles of what the caller may give, and in a workbook a sheet that
// explains them.
func (a *API) importTemplate(w http.ResponseWriter, r *http.Request) error {
	format, err := formatOf(r.URL.Query().Get("format"), false)
	if err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		lazy := &lazyWriter{w: w, format: format, name: t.def.Collection + "." + format}
		return record.Template(ctx, tx, t.def, languageOf(r), sheetFor(format, lazy, t.def.Label.In(languageOf(r))))
	})
}

// lazyWriter sends the headers with the first bytes, so that a refusal before can still be told properly. A byte order mark helps spreadsheets.
type lazyWriter struct {
	w      http.ResponseWriter
	name   string
	format string
	sent   bool
	gone   bool // the client hung up
}

func (l *lazyWriter) Write(b []byte) (int, error) {
	if !l.sent {
		l.sent = true
		kind, mark := "text/csv; charset=utf-8", "\ufeff"
		switch l.format {
		case formatXLSX:
			kind, mark = xlsxMedia, ""
		case formatJSONL:
			kind, mark = "application/x-ndjson; charset=utf-8", ""
		}
		l.w.Header().Set("Content-Type", kind)
		l.w.Header().Set("Content-Disposition", `attachment; filename="`+l.name+`"`)
		if _, err := l.w.Write([]byte(mark)); err != nil {
			l.gone = true
			return 0, err
		}
	}
	n, err := l.w.Write(b)
	l.gone = l.gone || err != nil
	return n, err
}
