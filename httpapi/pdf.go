package httpapi

import (
	"context"
	"mime"
	"net/http"
	"strconv"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/tenancy"
)

// pdf does GET …/{id}/pdf?lang=zh|en: the document on paper, as far as the caller may see it. Without lang it is in the caller's language.
func (a *API) pdf(w http.ResponseWriter, r *http.Request) error {
	lang := languageOf(r)
	for name, values := range r.URL.Query() {
		switch v := values[0]; {
		case name == "inline" && (v == "true" || v == "false"):
		case name == "lang" && (v == "zh" || v == string(i18n.ZH)):
			lang = i18n.ZH
		case name == "lang" && v == string(i18n.EN):
			lang = i18n.EN
		case name == "lang":
			return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("lang", "value.option", "应为 zh 或 en", "must be zh or en")
		default:
			return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
				At(name, "field.unknown", "没有参数 %s", "There is no parameter %s", name)
		}
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		raw, name, err := a.press.PDF(ctx, tx, t.def, t.key, lang)
		if err != nil {
			return err
		}
		if name == "" {
			name = t.def.Collection
		}
		how := "attachment"
		if r.URL.Query().Get("inline") == "true" {
			how = "inline"
		}
		w.Header().Set("Content-Type", "application/pdf")
		w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name + ".pdf"}))
		w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
		w.Header().Set("Cache-Control", "private, no-store")
		_, err = w.Write(raw)
		return err
	})
}
