package httpapi

import (
	"net/http"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/tenancy"
)

// closing answers how far the end of the company is: since when it is asked for, when it may come, and who has agreed that the key be destroyed.
func (a *API) closing(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	return a.showClosing(w, r, c.tenant, c.Person.ID)
}

func (a *API) showClosing(w http.ResponseWriter, r *http.Request, t *tenancy.Tenant, me id.ID) error {
	out := map[string]any{"closing": false, "asked_at": nil, "due_at": nil, "needed": keys.ConsentsNeeded, "consents": []keys.Consent{}, "agreed": false}
	signer, err := a.keys.Signer(r.Context())
	if err != nil && !fault.Is(err, fault.Unavailable) {
		return err
	}
	out["certificate_key"] = signer // by which the certificate will be signed
	since, due, ok, err := a.asked(r, t)
	if err != nil {
		return err
	}
	if ok {
		list, err := a.keys.Consents(r.Context(), t.ID, since)
		if err != nil {
			return err
		}
		if list != nil {
			out["consents"] = list
		}
		out["closing"], out["asked_at"], out["due_at"] = true, since.UTC(), due.UTC()
		out["agreed"] = slices.ContainsFunc(list, func(x keys.Consent) bool { return x.Person == me })
	}
	return reply(w, http.StatusOK, out)
}

func (a *API) asked(r *http.Request, t *tenancy.Tenant) (since, due time.Time, ok bool, err error) {
	if a.billing == nil {
		return since, due, false, nil
	}
	return a.billing.ClosingSince(r.Context(), t.ID)
}

// agreeToClose is one of the two consents without which a closing company's key is not destroyed.
func (a *API) agreeToClose(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	var in struct {
		Confirm string `json:"confirm"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if in.Confirm != c.tenant.Name {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("confirm", "close.confirm", "请输入企业名称 %s 以确认", "write the company's name, %s, to confirm", c.tenant.Name)
	}
	if err := a.agree(r, c.tenant, keys.Consent{Person: c.Person.ID, User: &c.UserID, Name: c.actor.Name}); err != nil {
		return err
	}
	return a.showClosing(w, r, c.tenant, c.Person.ID)
}

func (a *API) agree(r *http.Request, t *tenancy.Tenant, c keys.Consent) error {
	_, _, ok, err := a.asked(r, t)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Conflict, "closing.none", "企业没有申请关闭", "Nobody has asked for the end of this company")
	}
	return a.keys.Agree(r.Context(), t.ID, c)
}

// disagree takes the caller's consent back.
func (a *API) disagree(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	if err := a.keys.Disagree(r.Context(), c.tenant.ID, c.Person.ID); err != nil {
		return err
	}
	return a.showClosing(w, r, c.tenant, c.Person.ID)
}

// opAgree is the consent of an operator: a company that nobody answers for any more is closed by two of them.
func (a *API) opAgree(w http.ResponseWriter, r *http.Request, who string) error {
	t, err := a.company(r)
	if err != nil {
		return err
	}
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	if err := a.agree(r, t, keys.Consent{Person: c.Person.ID, Name: who}); err != nil {
		return err
	}
	return a.showClosing(w, r, t, c.Person.ID)
}

// opCertificates lists the certificates of all companies whose keys were destroyed.
func (a *API) opCertificates(w http.ResponseWriter, r *http.Request, _ string) error {
	list, err := a.keys.Certificates(r.Context())
	if err != nil {
		return err
	}
	out := []map[string]any{}
	for _, c := range list {
		out = append(out, map[string]any{"id": c.ID, "tenant_id": c.Tenant, "company": c.Company, "destroyed_at": c.Destroyed, "tried": len(c.Tried), "elsewhere": len(c.Elsewhere)})
	}
	return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
}

// certificatesPerAddress is how many certificates one network may ask for in a minute.
const certificatesPerAddress = 30

// certificate answers with a certificate as it was signed. Nobody can log in to a company that is gone, so its address is the only thing to know; who tries
// addresses is slowed down.
func (a *API) certificate(w http.ResponseWriter, r *http.Request) error {
	if err := a.limits.allow("certificate:"+addressOf(r), certificatesPerAddress); err != nil {
		return err
	}
	key, err := pathID(r)
	if err != nil {
		return err
	}
	raw, err := a.keys.CertificateOf(r.Context(), key)
	if err != nil {
		return err
	}
	return replyRaw(w, http.StatusOK, raw)
}
