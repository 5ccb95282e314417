package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/tenon-hq/tenon/people"
)

// people reads what an installation decides about sign-up and login; docs/people.md names every variable.
func (p *program) people() (s people.Settings, err error) {
	s.Terms = people.Terms{Version: p.env("TENON_TERMS_VERSION"), URL: p.env("TENON_TERMS_URL")}
	s.Captcha = people.Captcha{VerifyURL: p.env("TENON_CAPTCHA_VERIFY_URL"), Secret: p.env("TENON_CAPTCHA_SECRET"), SiteKey: p.env("TENON_CAPTCHA_SITE_KEY")}
	s.BreachURL = p.env("TENON_BREACH_URL")
	var errs []error
	yes := func(name string) bool {
		text := p.env(name)
		on, err := strconv.ParseBool(text)
		if text != "" && err != nil {
			errs = append(errs, fmt.Errorf("%s=%s: true or false", name, text))
		}
		return on
	}
	s.Terms.Required, s.Disposable = yes("TENON_TERMS_REQUIRED"), yes("TENON_DISPOSABLE_MAIL")
	if text := p.env("TENON_SIGNUP_PROOF"); text != "" {
		if s.Proof, err = strconv.Atoi(text); err != nil || s.Proof < 0 || s.Proof > 28 {
			errs = append(errs, fmt.Errorf("TENON_SIGNUP_PROOF=%s: 0 to 28 bits", text))
		}
	}
	for name := range strings.FieldsFuncSeq(p.env("TENON_OIDC"), func(r rune) bool { return r == ',' || r == ' ' }) {
		x, err := p.provider(strings.ToLower(name))
		errs = append(errs, err)
		s.Providers = append(s.Providers, x)
	}
	return s, errors.Join(errs...)
}

// provider reads TENON_OIDC_<NAME>_CLIENT_ID, _CLIENT_SECRET, _ISSUER, _LABEL and _DOMAINS. Google and Microsoft are known by their names.
func (p *program) provider(name string) (people.Provider, error) {
	known := map[string]people.Provider{
		"google":    {Label: "Google", Issuer: "https://accounts.google.com"},
		"microsoft": {Label: "Microsoft", Issuer: "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"},
	}
	x := known[name]
	x.Name = name
	get := func(what string, into *string) {
		if v := p.env("TENON_OIDC_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "_" + what); v != "" {
			*into = v
		}
	}
	domains := ""
	get("CLIENT_ID", &x.ClientID)
	get("CLIENT_SECRET", &x.Secret)
	get("ISSUER", &x.Issuer)
	get("LABEL", &x.Label)
	get("DOMAINS", &domains)
	if x.Label == "" {
		x.Label = name
	}
	x.Domains = strings.FieldsFunc(strings.ToLower(domains), func(r rune) bool { return r == ',' || r == ' ' })
	if x.ClientID == "" || x.Issuer == "" {
		return x, fmt.Errorf("TENON_OIDC: %s has no client id or no issuer", name)
	}
	return x, nil
}

// networks reads a variable that lists networks: TENON_CALL_INSIDE, TENON_TRUSTED_PROXIES.
func (p *program) networks(name string) (list []netip.Prefix, err error) {
	for text := range strings.FieldsFuncSeq(p.env(name), func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no network like 10.0.0.0/8", name, text)
		}
		list = append(list, prefix)
	}
	return list, nil
}
