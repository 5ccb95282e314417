package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	freeTries    = 10  // wrong passwords before one has to wait longer and longer, per account and network, so that nobody can keep others out by guessing
	manyFailures = 100 // of one account from everywhere: then networks from which nobody ever came in have to wait
)

func accountKey(email string) string { return "account:" + strings.ToLower(strings.TrimSpace(email)) }

func hereKey(r *http.Request, email string) string { return addressOf(r) + ":" + accountKey(email) }

// mayTry refuses a password from where too many wrong ones came. What is known of the account makes no difference, except that a network from which it was
// entered before is not held up by failures elsewhere.
func (a *API) mayTry(r *http.Request, email string) error {
	ctx := r.Context()
	wait, err := a.door.Pause(ctx, hereKey(r, email), freeTries)
	if err == nil && wait == 0 {
		wait, err = a.door.Pause(ctx, accountKey(email), manyFailures)
		if err == nil && wait > 0 {
			known, err := a.door.KnownNetwork(ctx, email, addressOf(r))
			if err != nil || known {
				return err
			}
		}
	}
	if err != nil {
		return err
	}
	return waiting(wait)
}

// mayGuess is mayTry for a person who is known: their second factor, or their password once more.
func (a *API) mayGuess(ctx context.Context, person id.ID) error {
	wait, err := a.door.Pause(ctx, personKey(person), freeTries)
	if err != nil {
		return err
	}
	return waiting(wait)
}

// guessed counts a try of theirs. That it could not be counted lets nobody in or out.
func (a *API) guessed(ctx context.Context, person id.ID, right bool) {
	note := a.door.Failed
	if right {
		note = func(ctx context.Context, what ...string) error { return a.door.Forgiven(ctx, what[0]) }
	}
	if err := note(ctx, personKey(person)); err != nil {
		a.log.WarnContext(ctx, "a try was not counted", "error", err)
	}
}

func waiting(wait time.Duration) error {
	if wait == 0 {
		return nil
	}
	seconds := int(wait.Seconds()) + 1
	return fault.New(fault.OverLimit, "login.wait", "尝试过于频繁，请 %d 秒后再试", "Too many attempts; try again in %d seconds", seconds).With("retry_after", seconds)
}

// retryAfter is how many seconds a caller should wait.
func retryAfter(f *fault.Fault) string {
	if f != nil {
		if n, ok := f.Data["retry_after"].(int); ok {
			return strconv.Itoa(n)
		}
	}
	return "5"
}

func (a *API) failed(r *http.Request, email string) {
	if err := a.door.Failed(r.Context(), hereKey(r, email), accountKey(email)); err != nil {
		a.log.WarnContext(r.Context(), "a failed login was not counted", "error", err)
	}
}

// entered notes where a login came from and writes it into the company's audit.
func (a *API) entered(r *http.Request, p *tenancy.Principal, token bool) {
	p.Network, p.Agent = addressOf(r), clip(r.UserAgent())
	if err := a.door.Forgiven(r.Context(), hereKey(r, p.Person.Email)); err != nil {
		a.log.WarnContext(r.Context(), "failed logins were not forgiven", "error", err)
	}
	if p.Person.Verified && p.Method != "signup" { // whoever signs up with an address is not its owner yet
		if err := a.door.CameFrom(r.Context(), p.Person.Email, p.Network); err != nil {
			a.log.WarnContext(r.Context(), "the network of a login was not noted", "error", err)
		}
	}
	a.noteLogin(r.Context(), *p, "login", map[string]string{"address": p.Network, "token": strconv.FormatBool(token), "method": p.Method})
}

// clip keeps what a browser calls itself to a line that can be shown.
func clip(agent string) string {
	agent = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, agent)
	return agent[:min(len(agent), 200)]
}

// note writes an act of a person about themselves into their company's audit.
func (a *API) note(ctx context.Context, p tenancy.Principal, action string) {
	a.noteLogin(ctx, p, action, nil)
}

// ask answers a right password of somebody who has a second factor.
func (a *API) ask(r *http.Request, p tenancy.Principal, token bool) error {
	f, err := a.door.Factors(r.Context(), p.Person.ID)
	if err != nil {
		return err
	}
	methods := []string{}
	if f.TOTP {
		methods = append(methods, "totp")
	}
	if f.Recovery > 0 {
		methods = append(methods, "recovery_code")
	}
	if f.Passkeys > 0 {
		methods = append(methods, "passkey")
	}
	challenge, err := a.door.NewChallenge(r.Context(), p, token, addressOf(r))
	if err != nil {
		return err
	}
	return fault.New(fault.Unauthenticated, "login.second_factor", "请提供第二重验证", "A second factor is needed").With("challenge", challenge).With("methods", methods)
}

func personKey(person id.ID) string { return "second:" + person.String() }

// second checks the second factor of a login. Who guesses at it knows the password, so waiting is per person here.
func (a *API) second(r *http.Request, p tenancy.Principal, code string) error {
	if err := a.mayGuess(r.Context(), p.Person.ID); err != nil {
		return err
	}
	err := a.door.SecondFactor(r.Context(), p.Person.ID, code)
	a.weighed(r.Context(), p, err)
	return err
}

func (a *API) weighed(ctx context.Context, p tenancy.Principal, err error) {
	if err == nil {
		a.guessed(ctx, p.Person.ID, true)
	} else if fault.Is(err, fault.Unauthenticated) {
		a.guessed(ctx, p.Person.ID, false)
		a.note(ctx, p, "login_refused")
	}
}

// loginSecond goes on with a login by its second factor.
func (a *API) loginSecond(w http.ResponseWriter, r *http.Request) error {
	if err := a.knock(w, r); err != nil {
		return err
	}
	var in struct {
		Challenge string `json:"challenge"`
		Code      string `json:"code"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if !sound(in.Challenge) || !sound(in.Code) {
		return unauthenticated()
	}
	c, err := a.door.Answer(r.Context(), in.Challenge, in.Code, func(person id.ID) error {
		return a.mayGuess(r.Context(), person)
	})
	if err != nil && c.Person.IsZero() {
		return err
	}
	p, enter := a.db.EnterWorkspace(r.Context(), c.Person, c.Workspace.String())
	if enter == nil {
		a.weighed(r.Context(), p, err)
	}
	if err := cmp.Or(err, enter); err != nil {
		return err
	}
	p.Method = "second_factor"
	if err := a.onlySSO(r.Context(), p); err != nil {
		return err
	}
	return a.enter(w, r, p, c.Token, http.StatusOK)
}

// onlySSO holds people to their company's provider where it demands that. Owners keep their password, so that a broken provider does not lock all out.
func (a *API) onlySSO(ctx context.Context, p tenancy.Principal) error {
	if !p.Tenant.SignIn.OnlySSO {
		return nil
	}
	actor, err := a.load(ctx, p)
	if err != nil || slices.Contains(actor.actor.Roles, "owner") {
		return err
	}
	return ssoDemanded(p)
}

func ssoDemanded(p tenancy.Principal) error {
	return fault.New(fault.Forbidden, "login.only_sso", "本企业要求通过单点登录进入（规则 platform.sign_in）", "This company lets people in through its single sign-on only (rule platform.sign_in)").
		With("rule", "platform.sign_in").With("workspace", p.Tenant.Address)
}
