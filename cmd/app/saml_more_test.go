package app_test

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/crewjam/saml"

	"github.com/tenon-hq/tenon/cmd/app"
)

// federated is a company with a SAML provider that logs people out too.
func federated(t *testing.T, name string) (w *world, o person, provider m, idp *testIDP, base string) {
	t.Helper()
	w, _ = peopleWorld(t, func(c *app.Config) { c.People.Mail = nil })
	o = w.signUp(t, name, "crm")
	idp = newIDP(t, saml.Session{ID: "s1", NameID: "uma@fed.example", NameIDFormat: string(saml.EmailAddressNameIDFormat), UserEmail: "uma@fed.example", UserCommonName: "Uma", SubjectID: "uma"})
	idp.LogoutURL = url.URL{Scheme: "https", Host: "idp.example", Path: "/slo"}
	meta, err := xml.Marshal(idp.Metadata())
	if err != nil {
		t.Fatal(err)
	}
	provider = o.create("identity_providers", m{"name": "corp", "kind": "saml", "metadata": string(meta), "join_roles": []string{"viewer"}, "domains": []string{"fed.example"}})
	who, err := w.app.DB.Authenticate(t.Context(), o.token)
	if err != nil {
		t.Fatal(err)
	}
	return w, o, provider, idp, w.url + "/api/v1/sso/" + who.Tenant.ID.String() + "/corp"
}

// enterBySAML logs a browser in, and returns what the provider posted.
func enterBySAML(t *testing.T, w *world, o person, idp *testIDP, b *http.Client) url.Values {
	t.Helper()
	address := str(o.must(http.StatusOK, o.get("/sign_in")), "address")
	res, _ := fetch(t, b, http.MethodGet, w.url+"/api/v1/sso/"+address+"/corp/start", nil)
	acs, form := idp.answer(t, w, res.Header.Get("Location"))
	res, raw := fetch(t, browser(t), http.MethodPost, acs, form)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("acs: %d %s", res.StatusCode, raw)
	}
	fetch(t, b, http.MethodGet, w.url+res.Header.Get("Location"), nil)
	return form
}

func loggedIn(t *testing.T, w *world, b *http.Client) bool {
	t.Helper()
	res, _ := fetch(t, b, http.MethodGet, w.url+"/api/v1/me", nil)
	return res.StatusCode == http.StatusOK
}

// Assertions come encrypted for the key in our metadata.
func TestSAMLAssertionsAreEncrypted(t *testing.T) {
	w, o, _, idp, base := federated(t, "Encrypted")
	_, meta := fetch(t, http.DefaultClient, http.MethodGet, base+"/metadata", nil)
	for _, want := range []string{`use="encryption"`, `use="signing"`, "SingleLogoutService", "/slo"} {
		if !strings.Contains(meta, want) {
			t.Errorf("the metadata has no %s: %s", want, meta)
		}
	}
	b := browser(t)
	form := enterBySAML(t, w, o, idp, b)
	raw, err := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
	if err != nil || !strings.Contains(string(raw), "EncryptedAssertion") || strings.Contains(string(raw), "uma@fed.example") {
		t.Errorf("what was posted: %s %v", raw, err)
	}
	if !loggedIn(t, w, b) {
		t.Error("not logged in")
	}
}

// A login may begin at the provider where the company says so: for the browser that posts, once, and not by an answer to somebody else's question.
func TestSAMLBeginsAtTheProvider(t *testing.T) {
	w, o, provider, idp, base := federated(t, "Tile")
	idp.sp = &saml.EntityDescriptor{}
	_, meta := fetch(t, http.DefaultClient, http.MethodGet, base+"/metadata", nil)
	if err := xml.Unmarshal([]byte(meta), idp.sp); err != nil {
		t.Fatal(err)
	}
	tile := func(relay string) url.Values {
		rec := httptest.NewRecorder()
		idp.ServeIDPInitiated(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://idp.example/tile", nil), base+"/metadata", relay)
		form := url.Values{}
		for _, f := range inputs.FindAllStringSubmatch(rec.Body.String(), -1) {
			form.Set(f[1], html.UnescapeString(f[2]))
		}
		return form
	}
	b := browser(t)
	if res, raw := fetch(t, b, http.MethodPost, base+"/acs", tile("/crm/customers")); res.StatusCode == http.StatusSeeOther {
		t.Fatalf("unasked though the company does not want it: %s", raw)
	}
	o.must(http.StatusOK, o.do(http.MethodPatch, "/identity_providers/"+str(provider, "id"), m{"idp_start": true}, "If-Match", "1"))
	form := tile("/crm/customers")
	res, raw := fetch(t, b, http.MethodPost, base+"/acs", form)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("acs: %d %s", res.StatusCode, raw)
	}
	finish := res.Header.Get("Location")
	if other, _ := fetch(t, browser(t), http.MethodGet, w.url+finish, nil); other.StatusCode == http.StatusSeeOther {
		t.Error("another browser fetched the session")
	}
	res, _ = fetch(t, b, http.MethodPost, base+"/acs", tile("/crm/customers"))
	res, raw = fetch(t, b, http.MethodGet, w.url+res.Header.Get("Location"), nil)
	if res.Header.Get("Location") != "/crm/customers" || !loggedIn(t, w, b) {
		t.Errorf("finish: %d %s %s", res.StatusCode, res.Header.Get("Location"), raw)
	}
	if res, _ = fetch(t, b, http.MethodPost, base+"/acs", form); res.StatusCode == http.StatusSeeOther {
		t.Error("an answer was taken twice")
	}
	// What answers a visit is good for that visit only: posted with another state it is no login that began at the provider.
	address := str(o.must(http.StatusOK, o.get("/sign_in")), "address")
	res, _ = fetch(t, browser(t), http.MethodGet, w.url+"/api/v1/sso/"+address+"/corp/start", nil)
	_, form = idp.answer(t, w, res.Header.Get("Location"))
	form.Set("RelayState", "/crm/customers")
	if res, raw = fetch(t, browser(t), http.MethodPost, base+"/acs", form); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("somebody else's answer: %d %s", res.StatusCode, raw)
	}
}

// Who logs out here is logged out at the provider, and the other way round; only the provider's signature ends a login.
func TestSAMLLogsOutOnBothSides(t *testing.T) {
	w, o, _, idp, base := federated(t, "Leave")
	b, second := browser(t), browser(t)
	enterBySAML(t, w, o, idp, b)
	enterBySAML(t, w, o, idp, second)
	_, raw := fetch(t, second, http.MethodGet, w.url+"/api/v1/me", nil)
	var me m
	if err := json.Unmarshal([]byte(raw), &me); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/api/v1/logout", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Csrf-Token", str(me, "csrf_token"))
	out, err := second.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close() //nolint:errcheck // it was only read
	var left struct{ URL string }
	if err := json.NewDecoder(out.Body).Decode(&left); err != nil || !strings.HasPrefix(left.URL, "https://idp.example/slo?SAMLRequest=") || !strings.Contains(left.URL, "&Signature=") {
		t.Errorf("logging out leads to %q, %v", left.URL, err)
	}
	if loggedIn(t, w, second) || !loggedIn(t, w, b) {
		t.Error("who logged out is still in, or somebody else is out")
	}

	ask := func(change func(r *saml.LogoutRequest), sign bool) string {
		r := &saml.LogoutRequest{
			ID: "id-" + w.app.DB.NewID().String(), Version: "2.0", IssueInstant: time.Now().UTC(), Destination: base + "/slo", Issuer: &saml.Issuer{Value: idp.MetadataURL.String()},
			NameID: &saml.NameID{Value: "uma@fed.example"},
		}
		change(r)
		query := "SAMLRequest=" + url.QueryEscape(r.Redirect("").Query().Get("SAMLRequest")) + "&RelayState=r1&SigAlg=" + url.QueryEscape("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")
		sum := sha256.Sum256([]byte(query))
		signature, err := idp.Key.(crypto.Signer).Sign(nil, sum[:], crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if !sign {
			signature[0] ^= 1
		}
		return base + "/slo?" + query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
	}
	for what, at := range map[string]string{
		"forged": ask(func(*saml.LogoutRequest) {}, false), "of another": ask(func(r *saml.LogoutRequest) { r.Issuer.Value = "https://other.example" }, true),
		"old": ask(func(r *saml.LogoutRequest) { r.IssueInstant = r.IssueInstant.Add(-time.Hour) }, true), "for another": ask(func(r *saml.LogoutRequest) { r.Destination = "https://x.example" }, true),
		"unsigned": base + "/slo?SAMLRequest=AAAA",
	} {
		if res, raw := fetch(t, browser(t), http.MethodGet, at, nil); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", what, res.StatusCode, raw)
		}
	}
	if !loggedIn(t, w, b) {
		t.Fatal("a request that was refused ended a login")
	}
	good := ask(func(*saml.LogoutRequest) {}, true)
	res, raw := fetch(t, browser(t), http.MethodGet, good, nil)
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "https://idp.example/slo?SAMLResponse=") || !strings.Contains(to, "&RelayState=r1&") {
		t.Errorf("answered with %d %s %s", res.StatusCode, to, raw)
	}
	if loggedIn(t, w, b) {
		t.Error("still logged in")
	}
	if res, _ = fetch(t, browser(t), http.MethodGet, good, nil); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the same request again: %d", res.StatusCode)
	}
	if res, _ = fetch(t, browser(t), http.MethodGet, base+"/slo?SAMLResponse=AAAA", nil); res.Header.Get("Location") != "/login" {
		t.Errorf("the provider's answer leads to %s", res.Header.Get("Location"))
	}
}
