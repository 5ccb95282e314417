// Package people answers how a human being comes in, and how they prove who they are: mails with codes, invitations, second factors, passkeys, identity
// providers, provisioning. Whose data it is then is tenancy's question, what they may do there policy's.
package people

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"strings"

	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Line is the migrations of this package's tables in a company.
func Line() tenancy.Line { return tenancy.Line{Name: "people", Always: true, Files: files} }

// Source is who may invite and set up providers, out of the box.
func Source() policy.Source { return policy.Source{Module: "people", Files: files} }

// Records lists this package's records for record.New.
func Records() []entity.Record {
	return []entity.Record{&Invitation{}, &IdentityProvider{}, &ScimUser{}, &ScimGroup{}}
}

// Letter is one mail that is ready to be sent.
type Letter struct {
	Email, Name string
	Locale      i18n.Lang
	Sender      string
	Subject     string
	Body        string
}

// Settings is what an installation decides about sign-up and login.
type Settings struct {
	PublicURL  string
	Terms      Terms
	Proof      int                                                   // bits of work that a sign-up costs; 0: none
	Captcha    Captcha                                               // asked beside the work; without an address: none
	Disposable bool                                                  // throw-away mail domains are let through
	Providers  []Provider                                            // of the whole installation: Google, Microsoft, any issuer
	Mail       func(ctx context.Context, key string, l Letter) error // nil: no mail can be sent
	BreachURL  string                                                // a range API for leaked passwords (first five hex digits of their SHA-1 are sent); empty: none is asked
}

// Terms is the version of the terms that is in force.
type Terms struct {
	Version  string
	URL      string
	Required bool // nobody signs up without accepting it
}

// Members joins what is decided here with the users of a company; core keeps them.
type Members interface {
	// Join makes the record of a user who comes in, as actor.
	Join(ctx context.Context, tx *tenancy.Tx, m Member) (id.ID, error)
	// Member reads one; ByEmail finds one. They answer nil when there is none.
	Member(ctx context.Context, tx *tenancy.Tx, user id.ID) (*Member, error)
	ByEmail(ctx context.Context, tx *tenancy.Tx, email string) (*Member, error)
	// Members lists all, in the order in which they came.
	Members(ctx context.Context, tx *tenancy.Tx) ([]Member, error)
	// Alter saves name, address, roles and whether one is active.
	Alter(ctx context.Context, tx *tenancy.Tx, m Member) error
	// As is a user as the one who acts.
	As(m Member) tenancy.Actor
}

// Member is a user of a company as this package sees them.
type Member struct {
	ID     id.ID
	Name   string
	Email  string
	Roles  []string
	Locale i18n.Lang
	Active bool
}

// Door is where people come in.
type Door struct {
	Settings

	engine  *record.Engine
	db      *tenancy.DB
	relay   *relay.Relay
	desk    *relay.Desk
	members Members
	client  *http.Client // for providers, behind the guard
	log     *slog.Logger
	keys    *webauthn.WebAuthn
	issuers discovered
}

// Plugs are the parts of the house that the door works with.
type Plugs struct {
	Engine  *record.Engine
	Relay   *relay.Relay
	Desk    *relay.Desk
	Members Members
	Client  *http.Client
	Log     *slog.Logger
}

// New makes the door. It is opened before the database is there; Open joins the two.
func New(s Settings) *Door {
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	return &Door{Settings: s}
}

// Open joins the door with what it works with.
func (d *Door) Open(p Plugs) error {
	d.engine, d.db, d.relay, d.desk, d.members, d.client, d.log = p.Engine, p.Engine.DB(), p.Relay, p.Desk, p.Members, p.Client, p.Log
	d.relay.Letters(d.write, d.Sweep)
	var err error
	d.keys, err = ceremonies(d.PublicURL)
	return err
}

// Extension is what this package adds to the engine.
func (d *Door) Extension() modules.Module {
	return modules.Module{
		Name: "platform",
		Actions: []modules.Action{
			modules.Act("resend", entity.T("重新发送", "Send again"), []string{Pending}, d.resend),
			modules.Act("revoke", entity.T("撤销", "Revoke"), []string{Pending}, d.revoke),
		},
		Prepares: []modules.Prepare{modules.Before(d.prepareInvitations), modules.Before(d.prepareProviders), modules.Before(d.prepareGroups)},
	}
}

// MailOn tells that mails can be sent: without, nobody is held to proving an address.
func (d *Door) MailOn() bool { return d.Mail != nil }

// Sweep forgets what has expired.
func (d *Door) Sweep(ctx context.Context) error {
	return d.exec(ctx, `with p as (delete from tenon.proof where expires_at < $1), c as (delete from tenon.ceremony where expires_at < $1),
		k as (delete from tenon.known_network where seen_at < $1 - interval '180 days'),
		f as (delete from tenon.failed_login where last_at < $1 - interval '1 hour') delete from tenon.spent where expires_at < $1`, d.db.Now())
}
