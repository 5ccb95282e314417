package httpapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// auditor lets only those who may see all of the audit do what concerns it as a whole.
func (a *API) auditor(r *http.Request) (caller, error) {
	c, err := a.caller(r)
	if err != nil {
		return c, err
	}
	if slices.ContainsFunc([]string{"owner", "admin", "security_officer"}, func(role string) bool { return slices.Contains(c.actor.Roles, role) }) {
		return c, nil
	}
	return c, fault.New(fault.Forbidden, "audit.denied", "只有所有者、管理员和安全员可以（规则 platform.audit）",
		"Only owners, admins and security officers may (rule platform.audit)").With("rule", "platform.audit")
}

// auditChain answers how far the audit is closed and signed.
func (a *API) auditChain(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.auditor(r); err != nil {
		return err
	}
	return a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err := record.Chain(ctx, tx)
		if err != nil {
			return err
		}
		return reply(w, http.StatusOK, out)
	})
}

// auditExport answers with the whole audit as a file for `tenon audit verify`.
func (a *API) auditExport(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	out := &late{w: w, header: map[string]string{
		"Content-Type": "application/x-ndjson", "Content-Disposition": `attachment; filename="audit-` + time.Now().UTC().Format("2006-01-02") + `.jsonl"`,
	}}
	err = a.engine.ExportAudit(r.Context(), c.tenant, c.actor, out)
	if err != nil && out.begun {
		a.log.ErrorContext(r.Context(), "an export of the audit broke off", "error", err)
		panic(http.ErrAbortHandler) // it must not look complete
	}
	return err
}

// late sends headers with the first byte, so that an error before it is answered as one.
type late struct {
	w      http.ResponseWriter
	header map[string]string
	begun  bool
}

func (l *late) Write(b []byte) (int, error) {
	if !l.begun {
		l.begun = true
		for k, v := range l.header {
			l.w.Header().Set(k, v)
		}
	}
	return l.w.Write(b)
}

// auditVerify verifies the audit as it stands now.
func (a *API) auditVerify(w http.ResponseWriter, r *http.Request) error {
	c, err := a.auditor(r)
	if err != nil {
		return err
	}
	out, err := a.engine.VerifyAudit(r.Context(), c.tenant)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, out)
}

// auditRetention sets for how long the audit is kept: owners only.
func (a *API) auditRetention(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		KeepDays int `json:"keep_days"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	return a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		if !slices.Contains(tx.Actor.Roles, "owner") {
			return fault.New(fault.Forbidden, "audit.denied", "只有所有者可以（规则 platform.audit）", "Only owners may (rule platform.audit)").With("rule", "platform.audit")
		}
		if err := record.Retain(ctx, tx, in.KeepDays); err != nil {
			return err
		}
		return a.later(tx, func() error { return reply(w, http.StatusOK, in) })
	})
}

// asOfTime reads as_of=: a time, or a date, which means its end in the company's time zone.
func asOfTime(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	d, err := time.ParseInLocation("2006-01-02", text, zone)
	if err != nil {
		return d, fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("as_of", "value.type", "%q 不是有效的时间或日期", "%q is no valid time or date", text)
	}
	return d.AddDate(0, 0, 1).Add(-time.Microsecond), nil
}
