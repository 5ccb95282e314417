package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// export does GET …/export: everything that the filters select, as CSV or XLSX, sent as it is read.
func (a *API) export(w http.ResponseWriter, r *http.Request) error {
	params := r.URL.Query()
	format, err := formatOf(params.Get("format"))
	if err != nil {
		return err
	}
	params.Del("format")
	q, err := record.ParseQuery(params)
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
		err = record.Export(ctx, tx, t.def, q, languageOf(r), sheetFor(format, lazy, t.def.Label.In(languageOf(r))))
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

func formatOf(v string) (string, error) {
	switch v {
	case "", formatCSV:
		return formatCSV, nil
	case formatXLSX:
		return formatXLSX, nil
	}
	return "", fault.New(fault.Invalid, "format.unknown", "不支持的格式 %s", "There is no format %s", strconv.Quote(v)).
		At("format", "value.option", "应为 csv 或 xlsx", "must be csv or xlsx")
}

const (
	formatCSV  = "csv"
	formatXLSX = "xlsx"
)

func sheetFor(format string, out *lazyWriter, title string) record.Sheet {
	if format == formatXLSX {
		return record.NewXLSX(out, title)
	}
	return record.NewCSV(out)
}

// importTemplate answers GET …/import_template: a table with nothing but the titles of what the caller may give, and in a workbook a sheet that
// explains them.
func (a *API) importTemplate(w http.ResponseWriter, r *http.Request) error {
	format, err := formatOf(r.URL.Query().Get("format"))
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
		if l.format == formatXLSX {
			kind, mark = xlsxMedia, ""
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
