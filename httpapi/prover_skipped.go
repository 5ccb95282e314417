package httpapi

import (
	"net/http"
	"slices"
	"strings"
)

// skipped are the routes that the prover does not open: none of them shows a record, and why.
func skipped() map[string]string {
	const own, operators, before = "the caller's own login, and no records", "the installation's operators, who are no company's people", "before the login, and no records"
	return map[string]string{
		"/tokens":     "the caller's own, kept outside of the company's records",
		"/workspaces": "the caller's own, kept outside of the company's records",

		"/me":            own,
		"/passkeys":      own,
		"/second_factor": own,
		"/sessions":      own,

		"/certificates/{id}":     "of companies that are gone, and no records",
		"/operator/certificates": operators,
		"/operator/differences":  operators,
		"/operator/prices":       operators,
		"/operator/revenue":      operators,
		"/operator/tenants":      operators,
		"/operator/tenants/{id}": operators,
		"/operator/webhooks":     operators,

		"/sso/{name}/start":             before,
		"/sso/{tenant}/{name}/metadata": before,
		"/sso/{tenant}/{name}/slo":      before,
		"/sso/{workspace}/{name}/start": before,
	}
}

// unread are the parts of the platform whose writes answer with what they wrote themselves, and with no record.
func unread() map[string]string {
	return map[string]string{
		"approvals": "decides as the actions of approvals do, which are tried out", "audit": "settings", "billing": "the account, which only its owner sees", "invitations": "before the login",
		"jobs": "the job itself", "keys": "keys, and who is to be forgotten", "login": "the login", "logout": "the login", "me": "the caller's own", "modules": "what is switched on",
		"numbering": "settings", "operator": "the installation's operators", "own_fields": "a field's description", "passkeys": "the caller's own", "password": "the login",
		"policy": "rights, which only officers write", "roles": "rights, which only officers write", "sample_data": "what it has made", "second_factor": "the caller's own",
		"sessions": "the caller's own", "sign_in": "settings", "signup": "the login", "sso": "the login", "switch": "the login", "takeover": "a file of the caller's, row by row as an import",
		"tokens": "the caller's own", "users": "a colleague, whom only administrators add", "verify": "the login",
	}
}

// unacted are the routes for writing that are neither a record's, which are tried out as dry runs, nor of a part of the platform that shows none.
func (a *API) unacted() []string {
	out := []string{}
	reports := a.engine.Reports()
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		for _, t := range a.routes(method) {
			part, _, _ := strings.Cut(strings.TrimPrefix(t, "/"), "/")
			if unread()[part] == "" && !strings.Contains(t, "{collection}") && reports[t[1:]] == nil {
				out = append(out, method+" "+t+": the prover does not know how to try it out")
			}
		}
	}
	slices.Sort(out)
	return out
}
