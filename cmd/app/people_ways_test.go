package app_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"math/big"
	"math/bits"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/crewjam/saml"
	"github.com/crewjam/saml/logger"
	"github.com/descope/virtualwebauthn"

	"github.com/tenon-hq/tenon/cmd/app"
)

// browser is a client with cookies that follows no redirect by itself.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// fetch gets or posts a form and returns the answer with its body.
func fetch(t *testing.T, c *http.Client, method, to string, form url.Values) (*http.Response, string) {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), method, to, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to the end
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(raw)
}

// A passkey is made, logs in by itself, counts as the second factor, and is good at this address only.
func TestAPasskeyLogsIn(t *testing.T) {
	w, _ := peopleWorld(t, nil)
	o := w.signUp(t, "Keyholder", "crm")
	u, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	rp := virtualwebauthn.RelyingParty{Name: "Tenon", ID: u.Hostname(), Origin: w.url}
	device := virtualwebauthn.NewAuthenticator()
	cred := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	start := o.must(http.StatusOK, o.post("/passkeys/start", m{"current_password": "correct horse battery"}))
	text := func(x any) string {
		raw, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	made, err := virtualwebauthn.ParseAttestationOptions(text(start["options"]))
	if err != nil {
		t.Fatal(err)
	}
	response := json.RawMessage(virtualwebauthn.CreateAttestationResponse(rp, device, cred, *made))
	o.must(http.StatusOK, o.post("/passkeys", m{"ceremony": start["ceremony"], "name": "Laptop", "credential": response}))
	o.refused("the ceremony again", o.post("/passkeys", m{"ceremony": start["ceremony"], "name": "Laptop", "credential": response}), http.StatusUnprocessableEntity, "login.over")
	device.Options.UserHandle = mustHandle(t, text(start["options"]))
	device.AddCredential(cred)
	nobody := person{w: w, t: t}
	nobody.refused("a password alone", nobody.post("/login", m{"email": o.email, "password": "correct horse battery"}), http.StatusUnauthorized, "login.second_factor")
	login := func(rp virtualwebauthn.RelyingParty) answer {
		begun := nobody.must(http.StatusOK, nobody.post("/login/passkey/start", nil))
		asked, err := virtualwebauthn.ParseAssertionOptions(text(begun["options"]))
		if err != nil {
			t.Fatal(err)
		}
		return nobody.post("/login/passkey", m{"ceremony": begun["ceremony"], "token": true, "credential": json.RawMessage(virtualwebauthn.CreateAssertionResponse(rp, device, cred, *asked))})
	}
	out := nobody.must(http.StatusOK, login(rp))
	in := person{w: w, t: t, token: str(out, "token")}
	if me := in.must(http.StatusOK, in.get("/me")); me["id"] != o.id {
		t.Errorf("me: %v", me)
	}
	elsewhere := rp
	elsewhere.Origin = "https://evil.example"
	nobody.refused("at another origin", login(elsewhere), http.StatusUnauthorized, "passkey.refused")
	list, _ := in.must(http.StatusOK, in.get("/passkeys"))["data"].([]any)
	in.must(http.StatusNoContent, in.do(http.MethodDelete, "/passkeys/"+str(list[0].(m), "id"), nil))
	nobody.refused("a key that is gone", login(rp), http.StatusUnauthorized, "passkey.refused")
	nobody.must(http.StatusOK, nobody.post("/login", m{"email": o.email, "password": "correct horse battery", "token": true}))
}

func mustHandle(t *testing.T, options string) []byte {
	t.Helper()
	var x struct {
		PublicKey struct {
			User struct {
				ID virtualHandle `json:"id"`
			} `json:"user"`
		} `json:"publicKey"`
	}
	if err := json.Unmarshal([]byte(options), &x); err != nil {
		t.Fatal(err)
	}
	return x.PublicKey.User.ID
}

// The company's directory makes, finds, changes and switches off users, and gives roles by groups.
func TestADirectoryKeepsUsers(t *testing.T) {
	w, _ := peopleWorld(t, func(c *app.Config) { c.People.Mail = nil })
	o := w.signUp(t, "Directory", "crm")
	token := str(o.must(http.StatusCreated, o.post("/tokens", m{"name": "idp", "scopes": []string{"scim"}})), "token")
	viewer := o.hire("vic", "viewer")
	viewer.refused("a token by a viewer", viewer.post("/tokens", m{"name": "x", "scopes": []string{"scim"}}), http.StatusBadRequest, "fields.invalid")
	idp := scimClient{t: t, base: w.url + "/scim/v2", token: token}
	outside := person{w: w, t: t, token: token}
	outside.refused("the token elsewhere", outside.get("/users"), http.StatusForbidden, "token.scope")
	if a := (scimClient{t: t, base: idp.base, token: o.token}).do(http.MethodGet, "/Users", nil); a.status != http.StatusUnauthorized {
		t.Errorf("a login's token as a directory: %d %s", a.status, a.raw)
	}
	made := idp.must(http.StatusCreated, idp.do(http.MethodPost, "/Users", m{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": "kim@dir.example", "externalId": "x-17", "displayName": "Kim",
		"name": m{"givenName": "Kim", "familyName": "Lee"}, "emails": []m{{"value": "kim@dir.example", "primary": true}}, "active": true,
	}))
	kim := str(made, "id")
	if a := idp.do(http.MethodPost, "/Users", m{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": "KIM@dir.example"}); a.status != http.StatusConflict {
		t.Errorf("twice: %d %s", a.status, a.raw)
	}
	found := idp.must(http.StatusOK, idp.do(http.MethodGet, "/Users?filter="+url.QueryEscape(`userName eq "kim@dir.example"`), nil))
	if found["totalResults"] != float64(1) {
		t.Errorf("found: %v", found)
	}
	if byID := idp.must(http.StatusOK, idp.do(http.MethodGet, "/Users?filter="+url.QueryEscape(`externalId eq "x-17"`), nil)); byID["totalResults"] != float64(1) {
		t.Errorf("by external id: %v", byID)
	}
	if part := idp.must(http.StatusOK, idp.do(http.MethodGet, "/Users?startIndex=2&count=1", nil)); part["totalResults"] != float64(3) || len(part["Resources"].([]any)) != 1 {
		t.Errorf("a page: %v", part)
	}
	group := idp.must(http.StatusCreated, idp.do(http.MethodPost, "/Groups", m{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "sales", "members": []m{{"value": kim}},
	}))
	same(t, "kim in sales", o.read("users", kim), m{"roles": "[sales]", "name": "Kim"})
	patch := func(path string, ops ...m) m {
		return idp.must(http.StatusOK, idp.do(http.MethodPatch, path, m{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": ops}))
	}
	patch("/Groups/"+str(group, "id"), m{"op": "remove", "path": `members[value eq "` + kim + `"]`})
	same(t, "kim out of sales", o.read("users", kim), m{"roles": "[]"})
	patch("/Groups/"+str(group, "id"), m{"op": "add", "path": "members", "value": []m{{"value": kim}, {"value": viewer.id}}})
	same(t, "both", o.read("users", viewer.id), m{"roles": "[viewer sales]"})
	patch("/Users/"+kim, m{"op": "replace", "path": "active", "value": false})
	same(t, "kim is off", o.read("users", kim), m{"active": "false"})
	patch("/Users/"+viewer.id, m{"op": "replace", "value": m{"active": false}})
	viewer.refused("switched off by the directory", viewer.get("/me"), http.StatusUnauthorized, "login.required")
	if a := idp.do(http.MethodPatch, "/Users/"+o.id, m{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []m{{"op": "replace", "path": "active", "value": false}}}); a.status != http.StatusForbidden {
		t.Errorf("an owner: %d %s", a.status, a.raw)
	}
	if a := idp.do(http.MethodDelete, "/Users/"+kim, nil); a.status != http.StatusNoContent {
		t.Errorf("delete: %d %s", a.status, a.raw)
	}
	other := w.signUp(t, "Elsewhere", "crm")
	stolen := scimClient{t: t, base: idp.base, token: str(other.must(http.StatusCreated, other.post("/tokens", m{"name": "idp", "scopes": []string{"scim"}})), "token")}
	if a := stolen.do(http.MethodGet, "/Users/"+kim, nil); a.status != http.StatusNotFound {
		t.Errorf("another company's user: %d %s", a.status, a.raw)
	}
}

type scimClient struct {
	t           *testing.T
	base, token string
}

func (c scimClient) do(method, path string, in any) answer {
	c.t.Helper()
	p := person{w: &world{url: strings.TrimSuffix(c.base, "/scim/v2")}, t: c.t, token: c.token}
	a, err := p.sendTo(c.t.Context(), method, c.base+path, in, "Content-Type", "application/scim+json")
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func (c scimClient) must(status int, a answer) m {
	c.t.Helper()
	if a.status != status {
		c.t.Fatalf("got %d, want %d: %s", a.status, status, a.raw)
	}
	return a.body
}

// A company's SAML provider vouches for its people in its company; what it signs is good once, for the browser that asked.
func TestACompanyLogsInBySAML(t *testing.T) {
	w, _ := peopleWorld(t, func(c *app.Config) { c.People.Mail = nil })
	o := w.signUp(t, "Federated", "crm")
	idp := newIDP(t, saml.Session{ID: "s1", NameID: "uma@fed.example", NameIDFormat: string(saml.EmailAddressNameIDFormat), UserEmail: "uma@fed.example", UserCommonName: "Uma", SubjectID: "uma"})
	meta, err := xml.Marshal(idp.Metadata())
	if err != nil {
		t.Fatal(err)
	}
	o.refused("no metadata", o.post("/identity_providers", m{"name": "corp", "kind": "saml", "metadata": "<x/>"}), http.StatusBadRequest, "fields.invalid")
	o.refused("owners by login", o.post("/identity_providers", m{"name": "corp", "kind": "saml", "metadata": string(meta), "join_roles": []string{"owner"}}), http.StatusBadRequest, "fields.invalid")
	o.create("identity_providers", m{"name": "corp", "kind": "saml", "metadata": string(meta), "join_roles": []string{"viewer"}, "domains": []string{"fed.example"}})
	address := str(o.must(http.StatusOK, o.get("/sign_in")), "address")
	nobody := person{w: w, t: t}
	if ways := nobody.get("/login/options?workspace=" + address); !strings.Contains(ways.raw, "/sso/"+address+"/corp/start") {
		t.Errorf("ways in: %s", ways.raw)
	}
	b := browser(t)
	res, _ := fetch(t, b, http.MethodGet, w.url+"/api/v1/sso/"+address+"/corp/start?next=//evil.example", nil)
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, idp.SSOURL.String()) {
		t.Fatalf("start: %d %s", res.StatusCode, to)
	}
	acs, form := idp.answer(t, w, to)
	res, raw := fetch(t, &http.Client{CheckRedirect: b.CheckRedirect}, http.MethodPost, acs, form) // a post of another site brings no cookies
	finish := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.Contains(finish, "/sso/finish?ticket=") {
		t.Fatalf("acs: %d %s %s", res.StatusCode, finish, raw)
	}
	if res, _ = fetch(t, browser(t), http.MethodGet, w.url+finish, nil); res.StatusCode == http.StatusSeeOther {
		t.Error("another browser fetched the session")
	}
	// That used the ticket up: begin again, in this browser.
	res, _ = fetch(t, b, http.MethodGet, w.url+"/api/v1/sso/"+address+"/corp/start?next=//evil.example", nil)
	acs, form = idp.answer(t, w, res.Header.Get("Location"))
	res, _ = fetch(t, browser(t), http.MethodPost, acs, form)
	res, raw = fetch(t, b, http.MethodGet, w.url+res.Header.Get("Location"), nil)
	if res.Header.Get("Location") != "/" {
		t.Fatalf("finish: %d %s %s", res.StatusCode, res.Header.Get("Location"), raw)
	}
	if res, _ = fetch(t, browser(t), http.MethodPost, acs, form); res.StatusCode == http.StatusSeeOther {
		t.Error("an answer was taken twice")
	}
	_, raw = fetch(t, b, http.MethodGet, w.url+"/api/v1/me", nil)
	var me m
	if err := json.Unmarshal([]byte(raw), &me); err != nil || me["email"] != "uma@fed.example" || me["method"] != "saml:corp" || fmt.Sprint(me["roles"]) != "[viewer]" {
		t.Fatalf("me: %s", raw)
	}
	// A forged answer: the same, with another name in it.
	res, _ = fetch(t, b, http.MethodGet, w.url+"/api/v1/sso/"+address+"/corp/start", nil)
	acs, form = idp.answer(t, w, res.Header.Get("Location"))
	form.Set("SAMLResponse", tampered(t, form.Get("SAMLResponse")))
	if res, raw = fetch(t, b, http.MethodPost, acs, form); res.StatusCode != http.StatusUnauthorized || !strings.Contains(raw, "sso.refused") {
		t.Errorf("forged: %d %s", res.StatusCode, raw)
	}
	// What the company's provider says is good in that company only.
	boundToItsCompany(t, w, b, me)
}

// boundToItsCompany checks that a login by a company's provider reaches no other company, and no credentials.
func boundToItsCompany(t *testing.T, w *world, b *http.Client, me m) {
	t.Helper()
	u, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	cookie := ""
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == "tenon_session" {
			cookie = c.Name + "=" + c.Value
		}
	}
	in := person{w: w, t: t}
	with := []string{"Cookie", cookie, "X-Csrf-Token", str(me, "csrf_token")}
	in.refused("switching", in.post("/switch", m{"workspace": w.app.DB.NewID().String()}, with...), http.StatusForbidden, "session.bound")
	in.refused("a second factor", in.post("/second_factor/totp", m{"current_password": ""}, with...), http.StatusForbidden, "session.bound")
	in.refused("ending all", in.do(http.MethodDelete, "/sessions", nil, with...), http.StatusForbidden, "session.bound")
}

// testIDP is a SAML provider of crewjam's library.
type testIDP struct {
	*saml.IdentityProvider
	session saml.Session
	sp      *saml.EntityDescriptor
}

func newIDP(t *testing.T, session saml.Session) *testIDP {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	at := func(path string) url.URL { return url.URL{Scheme: "https", Host: "idp.example", Path: path} }
	x := &testIDP{session: session}
	x.IdentityProvider = &saml.IdentityProvider{Key: key, Certificate: cert, Logger: logger.DefaultLogger, MetadataURL: at("/metadata"), SSOURL: at("/sso"), ServiceProviderProvider: x, SessionProvider: x}
	return x
}

func (x *testIDP) GetServiceProvider(*http.Request, string) (*saml.EntityDescriptor, error) {
	if x.sp == nil {
		return nil, os.ErrNotExist
	}
	return x.sp, nil
}

func (x *testIDP) GetSession(http.ResponseWriter, *http.Request, *saml.IdpAuthnRequest) *saml.Session {
	s := x.session
	s.CreateTime, s.ExpireTime = time.Now(), time.Now().Add(time.Hour)
	return &s
}

var inputs = regexp.MustCompile(`name="([^"]+)" value="([^"]*)"`)

// answer lets the provider answer a request; it returns where its page posts what.
func (x *testIDP) answer(t *testing.T, w *world, request string) (acs string, form url.Values) {
	t.Helper()
	u, err := url.Parse(request)
	if err != nil {
		t.Fatal(err)
	}
	var req saml.AuthnRequest
	ask := httptest.NewRequestWithContext(t.Context(), http.MethodGet, request, nil)
	parsed, err := saml.NewIdpAuthnRequest(x.IdentityProvider, ask)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(parsed.RequestBuffer, &req); err != nil {
		t.Fatal(err)
	}
	acs = req.AssertionConsumerServiceURL
	_, meta := fetch(t, http.DefaultClient, http.MethodGet, strings.TrimSuffix(acs, "/acs")+"/metadata", nil)
	x.sp = &saml.EntityDescriptor{}
	if err := xml.Unmarshal([]byte(meta), x.sp); err != nil {
		t.Fatalf("metadata: %v: %s", err, meta)
	}
	rec := httptest.NewRecorder()
	x.ServeSSO(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, request, nil))
	form = url.Values{}
	for _, f := range inputs.FindAllStringSubmatch(rec.Body.String(), -1) {
		form.Set(f[1], html.UnescapeString(f[2]))
	}
	if form.Get("SAMLResponse") == "" || form.Get("RelayState") != u.Query().Get("RelayState") {
		t.Fatalf("the provider says: %d %s", rec.Code, rec.Body)
	}
	return acs, form
}

// Work before a sign-up, throw-away addresses, terms: each refusal names its field, all at once.
func TestSignUpIsGuarded(t *testing.T) {
	w, _ := peopleWorld(t, func(c *app.Config) {
		c.People.Proof, c.People.Terms.Version, c.People.Terms.Required = 12, "2026-11", true
	})
	nobody := person{w: w, t: t}
	bad := m{"company": "", "name": "x", "email": "x@mailinator.com", "password": "password", "locale": "fr", "address": "-a", "terms": "old", "data": "much"}
	a := nobody.post("/signup", bad)
	nobody.refused("everything wrong", a, http.StatusBadRequest, "fields.invalid")
	for _, field := range []string{"company", "email", "password", "locale", "address", "terms", "data"} {
		if !strings.Contains(a.raw, `"field":"`+field+`"`) {
			t.Errorf("%s is not named: %s", field, a.raw)
		}
	}
	good := m{"company": "Worker", "name": "x", "email": "w@example.com", "password": "correct horse battery", "locale": "en", "terms": "2026-11", "modules": []string{}, "token": true}
	nobody.refused("no work", nobody.post("/signup", good), http.StatusBadRequest, "proof.wrong")
	options := nobody.must(http.StatusOK, nobody.get("/signup"))
	puzzle := str(options["proof"].(m), "puzzle")
	for n := 0; ; n++ {
		solution := fmt.Sprintf("%s:%d", puzzle, n)
		sum := sha256.Sum256([]byte(solution))
		if bits.LeadingZeros8(sum[0]) == 8 && bits.LeadingZeros8(sum[1]) >= 4 {
			good["proof"] = solution
			break
		}
	}
	nobody.must(http.StatusCreated, nobody.post("/signup", good))
	nobody.refused("the work again", nobody.post("/signup", good), http.StatusBadRequest, "proof.wrong")
	// Who guesses waits, from where they guess; the owner comes in elsewhere.
	last := answer{}
	for range 12 {
		last = nobody.post("/login", m{"email": "w@example.com", "password": "guess"})
	}
	nobody.refused("the twelfth guess", last, http.StatusTooManyRequests, "login.wait")
	if last.header.Get("Retry-After") == "5" || last.header.Get("Retry-After") == "" {
		t.Errorf("Retry-After: %s", last.header.Get("Retry-After"))
	}
	nobody.refused("another account from here", nobody.post("/login", m{"email": "v@example.com", "password": "guess"}), http.StatusUnauthorized, "login.refused")
}

// virtualHandle reads base64url without padding.
type virtualHandle []byte

func (h *virtualHandle) UnmarshalJSON(raw []byte) error {
	text, err := base64.RawURLEncoding.DecodeString(strings.Trim(string(raw), `"`))
	*h = text
	return err
}

// tampered puts another name into a signed answer.
func tampered(t *testing.T, response string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(response)
	if err != nil {
		t.Fatal(err)
	}
	forged := strings.ReplaceAll(string(raw), "uma@fed.example", "ann@fed.example")
	if forged == string(raw) { // it is encrypted: another answer, then, of the same length
		at := strings.LastIndex(forged, "CipherValue>")
		for ; at > 0 && !strings.ContainsAny(forged[at-40:at-39], "abcdefghijk"); at-- {
		}
		forged = forged[:at-40] + "z" + forged[at-39:]
	}
	return base64.StdEncoding.EncodeToString([]byte(forged))
}
