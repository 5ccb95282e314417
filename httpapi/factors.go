package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// peoplePaths files the routes by which people come in and keep their credentials.
func (a *API) peoplePaths(on func(method, path string, h handler)) {
	a.ssoPaths(on)
	on(http.MethodGet, "/signup", a.signupOptions)
	on(http.MethodGet, "/signup/address", a.addressCheck)
	on(http.MethodPost, "/verify", a.verify)
	on(http.MethodPost, "/verify/resend", a.verifyAgain)
	on(http.MethodPost, "/password/forgot", a.forgot)
	on(http.MethodPost, "/password/reset", a.reset)
	on(http.MethodPost, "/invitations/open", a.openInvitation)
	on(http.MethodPost, "/invitations/accept", a.accept)
	on(http.MethodPost, "/login/second", a.loginSecond)
	on(http.MethodPost, "/login/passkey/start", a.startPasskeyLogin)
	on(http.MethodPost, "/login/passkey", a.passkeyLogin)
	on(http.MethodGet, "/second_factor", a.secondFactor)
	on(http.MethodPost, "/second_factor/totp", a.startTOTP)
	on(http.MethodPost, "/second_factor/totp/confirm", a.confirmTOTP)
	on(http.MethodPost, "/second_factor/totp/remove", a.dropTOTP)
	on(http.MethodPost, "/second_factor/recovery_codes", a.recoveryCodes)
	on(http.MethodGet, "/passkeys", a.passkeys)
	on(http.MethodPost, "/passkeys/start", a.startPasskey)
	on(http.MethodPost, "/passkeys", a.addPasskey)
	on(http.MethodDelete, "/passkeys/{id}", a.dropPasskey)
	on(http.MethodGet, "/sessions", a.sessionList)
	on(http.MethodDelete, "/sessions", a.endSessions)
	on(http.MethodDelete, "/sessions/{id}", a.endSession)
	on(http.MethodGet, "/sign_in", a.signInPolicy)
	on(http.MethodGet, "/sample_data", a.sampleState)
	on(http.MethodPost, "/sample_data", a.loadSample)
	on(http.MethodPost, "/sample_data/remove", a.removeSample)
	on(http.MethodPut, "/sign_in", a.setSignInPolicy)
}

func (a *API) callerAndID(r *http.Request, who func(r *http.Request) (caller, error)) (caller, id.ID, error) {
	c, err := who(r)
	if err != nil {
		return c, id.ID{}, err
	}
	key, err := id.Parse(mux.Vars(r)["id"])
	if err != nil {
		return c, key, notFound()
	}
	return c, key, nil
}

// secondFactor tells what one has set up beside the password.
func (a *API) secondFactor(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	f, err := a.door.Factors(r.Context(), c.Person.ID)
	if err != nil {
		return err
	}
	out := secondFactorJSON(c.Principal, a.db.Now())
	out["totp"], out["recovery_codes_left"], out["passkeys"] = f.TOTP, f.Recovery, f.Passkeys
	return reply(w, http.StatusOK, out)
}

// risky reads a request that changes credentials and needs the password.
func (a *API) risky(w http.ResponseWriter, r *http.Request) (caller, string, error) {
	c, err := a.credentials(r)
	if err != nil {
		return c, "", err
	}
	var in struct {
		Password string `json:"current_password"`
		Code     string `json:"code"`
	}
	if err := into(w, r, &in); err != nil {
		return c, "", err
	}
	if !sound(in.Password) || !sound(in.Code) {
		return c, "", unauthenticated()
	}
	return c, in.Code, a.again(r, c, in.Password)
}

func (a *API) startTOTP(w http.ResponseWriter, r *http.Request) error {
	c, _, err := a.risky(w, r)
	if err != nil {
		return err
	}
	secret, uri, err := a.door.StartTOTP(r.Context(), c.Principal)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"secret": secret, "uri": uri})
}

// confirmTOTP switches an authenticator app on by its first code. All other sessions end.
func (a *API) confirmTOTP(w http.ResponseWriter, r *http.Request) error {
	c, err := a.credentials(r)
	if err != nil {
		return err
	}
	var in struct {
		Code string `json:"code"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	codes, err := a.door.ConfirmTOTP(r.Context(), c.Person.ID, strings.ReplaceAll(in.Code, " ", ""))
	if f := fault.As(err); f != nil && f.Kind == fault.Unauthenticated {
		f.Kind = fault.Invalid // the session is good, the code is not
	}
	if err != nil {
		return err
	}
	return a.changed(w, r, c, "set_up_totp", map[string]any{"recovery_codes": codes})
}

// changed ends the other sessions, notes what was done, and answers with a new cookie.
func (a *API) changed(w http.ResponseWriter, r *http.Request, c caller, what string, out map[string]any) error {
	if !c.Session.IsZero() {
		if err := a.db.EndSessions(r.Context(), c.Person.ID, c.Session); err != nil {
			return err
		}
	}
	a.note(r.Context(), c.Principal, what)
	return a.rotated(w, r, c, out)
}

func (a *API) dropTOTP(w http.ResponseWriter, r *http.Request) error {
	c, _, err := a.risky(w, r)
	if err != nil {
		return err
	}
	if err := a.door.DropTOTP(r.Context(), c.Person.ID); err != nil {
		return err
	}
	return a.changed(w, r, c, "remove_totp", map[string]any{"totp": false})
}

func (a *API) recoveryCodes(w http.ResponseWriter, r *http.Request) error {
	c, _, err := a.risky(w, r)
	if err != nil {
		return err
	}
	if !c.Person.SecondFactor {
		return fault.New(fault.Rule, "second_factor.none", "请先设置两步验证", "Set up a second factor first")
	}
	codes, err := a.door.RecoveryCodes(r.Context(), c.Person.ID)
	if err != nil {
		return err
	}
	a.note(r.Context(), c.Principal, "new_recovery_codes")
	return reply(w, http.StatusOK, map[string]any{"recovery_codes": codes})
}

func (a *API) passkeys(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	list, err := a.door.Passkeys(r.Context(), c.Person.ID)
	if err != nil {
		return err
	}
	out := make([]map[string]any, len(list))
	for i, k := range list {
		out[i] = map[string]any{"id": k.ID, "name": k.Name, "created_at": k.Created, "seen_at": k.Seen}
	}
	return reply(w, http.StatusOK, map[string]any{"data": out, "next_cursor": nil})
}

func (a *API) startPasskey(w http.ResponseWriter, r *http.Request) error {
	c, _, err := a.risky(w, r)
	if err != nil {
		return err
	}
	options, ceremony, err := a.door.NewPasskey(r.Context(), c.Person)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"options": options, "ceremony": ceremony})
}

func (a *API) addPasskey(w http.ResponseWriter, r *http.Request) error {
	c, err := a.credentials(r)
	if err != nil {
		return err
	}
	var in struct {
		Ceremony   string          `json:"ceremony"`
		Name       string          `json:"name"`
		Credential json.RawMessage `json:"credential"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if in.Name = strings.TrimSpace(in.Name); in.Name == "" || len(in.Name) > 100 || !sound(in.Name) {
		return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").At("name", "required", "必填，不超过 100 字节", "is required, up to 100 bytes")
	}
	key, err := a.door.AddPasskey(r.Context(), c.Person, in.Ceremony, in.Name, in.Credential)
	if f := fault.As(err); f != nil && f.Kind == fault.Unauthenticated {
		f.Kind = fault.Rule
	}
	if err != nil {
		return err
	}
	return a.changed(w, r, c, "add_passkey", map[string]any{"id": key, "name": in.Name})
}

func (a *API) dropPasskey(w http.ResponseWriter, r *http.Request) error {
	c, key, err := a.callerAndID(r, a.credentials)
	if err != nil {
		return err
	}
	if err := a.door.DropPasskey(r.Context(), c.Person.ID, key); err != nil {
		return err
	}
	a.note(r.Context(), c.Principal, "remove_passkey")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) startPasskeyLogin(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	options, ceremony, err := a.door.StartPasskeyLogin(r.Context())
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"options": options, "ceremony": ceremony})
}

func (a *API) passkeyLogin(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in struct {
		Ceremony   string          `json:"ceremony"`
		Credential json.RawMessage `json:"credential"`
		Workspace  string          `json:"workspace"`
		Token      bool            `json:"token"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if !sound(in.Workspace) {
		return unauthenticated()
	}
	person, err := a.door.PasskeyLogin(r.Context(), in.Ceremony, in.Credential)
	if err != nil {
		return err
	}
	p, err := a.db.EnterWorkspace(r.Context(), person.ID, in.Workspace)
	if err != nil {
		return err
	}
	p.Method = "passkey"
	if err := a.onlySSO(r.Context(), p); err != nil {
		return err
	}
	return a.enter(w, r, p, in.Token, http.StatusOK)
}
