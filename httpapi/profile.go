package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Profile is what people change of themselves; what is nil stays as it is.
type Profile struct {
	Name      *string
	Locale    *i18n.Lang
	AllowMail *bool
}

// passwordTries is how often a minute a person may name their old password.
const passwordTries = 10

// myself returns who is logged in, by a session or a login's token: an API token is not asked about its maker's password.
func (a *API) myself(r *http.Request) (caller, error) {
	c, err := a.caller(r)
	if err != nil {
		return c, err
	}
	if _, ok := a.self(r); !ok {
		return c, fault.New(fault.Forbidden, "token.scope", "API 令牌不能更改个人资料（规则 token.scope）", "An API token changes nothing about its owner (rule token.scope)").With("rule", "token.scope")
	}
	return c, nil
}

// changeMe does PATCH /me: one's own name, language, and whether notifications come by mail, here and in one's login.
func (a *API) changeMe(w http.ResponseWriter, r *http.Request) error {
	c, err := a.myself(r)
	if err != nil {
		return err
	}
	var in struct {
		Name      *string `json:"name"`
		Locale    *string `json:"locale"`
		AllowMail *bool   `json:"allow_mail"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	change := Profile{Name: in.Name, AllowMail: in.AllowMail}
	var bad fault.Fields
	if in.Name != nil {
		*in.Name = strings.TrimSpace(*in.Name)
		if *in.Name == "" || len(*in.Name) > 200 || !sound(*in.Name) {
			bad.Add("name", "required", "请填写姓名（不超过 200 字节）", "Enter a name (up to 200 bytes)")
		}
	}
	if in.Locale != nil {
		lang := i18n.Lang(*in.Locale)
		if change.Locale = &lang; lang != i18n.ZH && lang != i18n.EN {
			bad.Add("locale", "value.option", "应为 zh-CN 或 en", "must be zh-CN or en")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	err = a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.people.Change(ctx, tx, c.UserID, change); err != nil {
			return err
		}
		a.bump(tx)
		return record.Settle(ctx, tx)
	})
	if err != nil {
		return err
	}
	var name string
	var lang i18n.Lang
	if change.Name != nil {
		name = *change.Name
	}
	if change.Locale != nil {
		lang = *change.Locale
	}
	if err := a.db.UpdatePerson(r.Context(), c.Person.ID, name, lang); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// changePassword does POST /me/password. The old password must be named; all other sessions and login tokens of the person end, in every workspace. The
// session that asks goes on with a new cookie.
func (a *API) changePassword(w http.ResponseWriter, r *http.Request) error {
	c, err := a.myself(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxKnock)
	var in struct {
		Old string `json:"old_password"`
		New string `json:"new_password"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if err := a.limits.allow("password:"+c.Person.ID.String(), passwordTries); err != nil {
		return err
	}
	ok, err := a.db.CheckPassword(r.Context(), c.Person.ID, in.Old)
	if err != nil {
		return err
	}
	var bad fault.Fields
	switch {
	case !ok:
		bad.Add("old_password", "password.wrong", "原密码不正确", "is not your password")
	case !sound(in.New):
		bad.Add("new_password", "length", "密码长度应为 8 至 256 个字符", "A password has 8 to 256 characters")
	case in.New == in.Old:
		bad.Add("new_password", "password.same", "新密码与原密码相同", "is the old password")
	default:
		f := fault.As(a.db.AcceptsPassword(c.Person, in.New))
		if f == nil {
			f = fault.As(a.door.Leaked(r.Context(), in.New))
		}
		if f != nil {
			bad.Add("new_password", f.Fields[0].Reason, f.Fields[0].Text.ZH, f.Fields[0].Text.EN)
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	keep := c.Session
	if keep.IsZero() {
		keep = c.Token
	}
	if err := a.noted(r, c.UserID); err != nil {
		return err
	}
	if err := a.db.SetPassword(r.Context(), c.Person.ID, in.New, keep); err != nil {
		return err
	}
	if c.Session.IsZero() {
		return reply(w, http.StatusOK, map[string]any{})
	}
	cookie, p, err := a.db.Rotate(r.Context(), c.Principal)
	if err != nil {
		return err
	}
	a.setCookie(w, cookie, p.Expires)
	return reply(w, http.StatusOK, map[string]any{"csrf_token": p.CSRF})
}

// noted leaves a line in the audit: who changed their password, and when.
func (a *API) noted(r *http.Request, user id.ID) error {
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		record.NoteAct(tx, record.Catalog(tx).Entity("user"), "password", user)
		return record.Settle(ctx, tx)
	})
}
