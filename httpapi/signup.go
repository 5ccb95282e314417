package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/people"
	"github.com/tenon-hq/tenon/tenancy"
)

type signupRequest struct {
	Company  string   `json:"company"`
	Address  string   `json:"address"`
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Password string   `json:"password"`
	Locale   string   `json:"locale"`
	Modules  []string `json:"modules"`
	Zone     string   `json:"zone"`
	Currency string   `json:"currency"`
	Terms    string   `json:"terms"`
	Data     string   `json:"data"`   // "sample", or "empty"
	Proof    string   `json:"proof"`  // of work
	Proven   string   `json:"proven"` // by an identity provider of the installation, in place of a password
	Captcha  string   `json:"captcha"`
	Token    bool     `json:"token"`
}

const sampleTask = "sample"

// signup makes a tenant that works at once, and logs its owner in. Whether the address is known makes no difference to anything that happens here.
func (a *API) signup(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in signupRequest
	if err := into(w, r, &in); err != nil {
		return err
	}
	if in.Locale == "" {
		in.Locale = string(languageOf(r))
	}
	if in.Modules == nil {
		in.Modules = a.business()
	}
	n := in.tenant()
	n.Network = addressOf(r)
	known, ok := a.self(r)
	switch {
	case in.Proven != "":
		proven, err := a.door.ProvenBy(r.Context(), in.Proven)
		if err != nil {
			return err
		}
		n.Person.Email, n.Person.Identity = proven.Email, &proven.Identity
		in.Email = proven.Email
		if n.Person.Name == "" {
			n.Person.Name = proven.Name
		}
	case ok && strings.EqualFold(known.Person.Email, in.Email): // a second company of who is logged in
		n.Person = tenancy.PersonInput{ID: known.Person.ID, Name: known.Person.Name, Email: known.Person.Email}
	}
	if err := a.acceptable(r, in, n); err != nil {
		return err
	}
	p, err := a.signUp(r.Context(), n, in.Data == "sample")
	if err != nil {
		return err
	}
	p.Method = "signup"
	if in.Proven != "" {
		a.door.Proved(r.Context(), in.Proven)
	}
	return a.enter(w, r, p, in.Token, http.StatusCreated)
}

// acceptable names everything that is wrong with a sign-up at once, then asks for the proof of work and the captcha.
func (a *API) acceptable(r *http.Request, in signupRequest, n tenancy.New) error {
	var bad fault.Fields
	if in.Locale != string(i18n.ZH) && in.Locale != string(i18n.EN) {
		bad.Add("locale", "value.option", "应为 zh-CN 或 en", "must be zh-CN or en")
	}
	if in.Data != "" && in.Data != "sample" && in.Data != "empty" {
		bad.Add("data", "value.option", "应为 sample 或 empty", "must be sample or empty")
	}
	terms := a.door.Terms
	if in.Terms != "" && in.Terms != terms.Version || in.Terms == "" && terms.Required {
		bad.Add("terms", "terms.version", "须接受现行条款（版本 %s）", "The terms in force (version %s) have to be accepted", terms.Version)
	}
	if n.Person.ID.IsZero() && !a.door.Disposable && people.ThrowAway(in.Email) {
		bad.Add("email", "email.disposable", "不接受一次性邮箱", "Throw-away addresses are not accepted")
	}
	if err := a.db.Check(n); err != nil {
		f := fault.As(err)
		if f == nil {
			return err
		}
		for _, x := range f.Fields {
			bad.Add(x.Path, x.Reason, x.Text.ZH, x.Text.EN)
		}
	}
	if n.Address != "" && !bad.Has("address") {
		if free, err := a.db.AddressFree(r.Context(), n.Address); err != nil || !free {
			if err != nil {
				return err
			}
			bad.Add("address", "address.taken", "已被使用", "is taken")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := a.door.Worked(r.Context(), in.Proof); err != nil {
		return err
	}
	if err := a.door.Human(r.Context(), in.Captcha, addressOf(r)); err != nil {
		return err
	}
	if in.Proven != "" || !n.Person.ID.IsZero() {
		return nil
	}
	return a.door.Leaked(r.Context(), in.Password)
}

// self returns the person who sends a request when a login of theirs speaks, and not one of their API tokens, which must not open what they can't reach.
func (a *API) self(r *http.Request) (tenancy.Principal, bool) {
	p, cookie, err := a.principal(r)
	switch {
	case err != nil || p.Bound:
		return p, false
	case cookie:
		return p, sameSecret(r.Header.Get("X-Csrf-Token"), p.CSRF)
	}
	return p, slices.Contains(p.Scopes, sessionScope)
}

func (s signupRequest) tenant() tenancy.New {
	return tenancy.New{
		Company: s.Company, Address: strings.ToLower(strings.TrimSpace(s.Address)), Locale: i18n.Lang(s.Locale), Zone: s.Zone, Currency: s.Currency, Modules: s.Modules,
		Terms: s.Terms, Person: tenancy.PersonInput{Name: s.Name, Email: s.Email, Password: s.Password},
	}
}

// business lists the modules that a new company starts with when it does not choose: all but connectors.
func (a *API) business() []string {
	var out []string
	for _, m := range a.engine.Modules() {
		if !m.Always && !m.Connector {
			out = append(out, m.Name)
		}
	}
	return out
}

// SignUp makes a tenant with its owner; the command line uses it too.
func (a *API) SignUp(ctx context.Context, n tenancy.New) (tenancy.Principal, error) {
	return a.signUp(ctx, n, false)
}

func (a *API) signUp(ctx context.Context, n tenancy.New, sample bool) (tenancy.Principal, error) {
	t, person, user, err := a.db.Create(ctx, n, func(ctx context.Context, tx *tenancy.Tx, admin id.ID) error {
		return a.engine.Seed(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) error {
			if err := a.people.Add(ctx, tx, admin, n.Person.Name, n.Person.Email, tx.Tenant.Locale, []string{"owner"}); err != nil || !sample {
				return err
			}
			_, err := a.begin(ctx, tx, sampleTask, sampleInput{}, nil, nil)
			return err
		})
	})
	if err != nil {
		return tenancy.Principal{}, err
	}
	if !person.Verified && a.door.MailOn() {
		if err := a.door.Prove(ctx, person.ID); err != nil { // the tenant is there; another code can be asked for
			a.log.ErrorContext(ctx, "the mail of a sign-up is not on its way", "error", err)
		}
	}
	return tenancy.Principal{Person: person, Tenant: t, UserID: user}, nil
}

// signupOptions tells what a sign-up may and must hold.
func (a *API) signupOptions(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	lang := languageOf(r)
	modules := []map[string]any{}
	for _, m := range a.engine.Modules() {
		if !m.Always && !m.Connector {
			modules = append(modules, map[string]any{"name": m.Name, "label": m.Label.In(lang), "about": m.About.In(lang), "price": m.Price, "currency": "CNY", "needs": orEmpty(m.Needs)})
		}
	}
	proof := map[string]any{"bits": a.door.Proof, "puzzle": nil}
	if a.door.Proof > 0 {
		puzzle, err := a.door.Puzzle(r.Context())
		if err != nil {
			return err
		}
		proof["puzzle"] = puzzle
	}
	providers := []map[string]any{}
	for _, p := range a.door.Providers {
		providers = append(providers, map[string]any{"name": p.Name, "label": p.Label, "url": "/api/v1/sso/" + p.Name + "/start"})
	}
	t := a.door.Terms
	return reply(w, http.StatusOK, map[string]any{
		"modules": modules, "terms": map[string]any{"version": t.Version, "url": t.URL, "required": t.Required}, "proof": proof, "providers": providers,
		"captcha":  map[string]any{"required": a.door.Captcha.VerifyURL != "", "site_key": a.door.Captcha.SiteKey},
		"password": map[string]any{"min": 8, "max": 256}, "mail": a.door.MailOn(),
	})
}

// addressCheck tells while somebody types whether a workspace address is free. It knows of companies, never of people's addresses.
func (a *API) addressCheck(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	q := r.URL.Query()
	address := strings.ToLower(strings.TrimSpace(q.Get("address")))
	if address == "" && sound(q.Get("company")) {
		s := a.db.SuggestAddress(r.Context(), q.Get("company"))
		return reply(w, http.StatusOK, map[string]any{"address": s, "available": true, "reason": "", "detail": ""})
	}
	free, err := a.db.AddressFree(r.Context(), address)
	out := map[string]any{"address": address, "available": free, "reason": "", "detail": ""}
	switch f := fault.As(err); {
	case err != nil && (f == nil || len(f.Fields) == 0):
		return err
	case err != nil:
		out["reason"], out["detail"] = f.Fields[0].Reason, f.Fields[0].Text.In(languageOf(r))
	case !free:
		out["reason"], out["detail"] = "address.taken", i18n.T("已被使用", "is taken").In(languageOf(r))
	}
	return reply(w, http.StatusOK, out)
}
