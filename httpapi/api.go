// Package httpapi is how Tenon is reached: routes, login, JSON, errors. It decides no right and knows no module.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tenon-hq/tenon/billing"
	"github.com/tenon-hq/tenon/engine/paper"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/keys"
	"github.com/tenon-hq/tenon/people"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// Config is what the API needs from outside.
type Config struct {
	Engine     *record.Engine
	Policy     *policy.Engine
	Log        *slog.Logger
	PublicURL  string // how browsers reach it; decides whether cookies are Secure
	Production bool
	Jobs       *relay.Desk
	Live       *relay.Live
	Billing    *billing.Service
	Relay      *relay.Relay
	People     People
	Door       *people.Door
	Sample     Sample
	Keys       *keys.Service
	Press      *paper.Press
	Ready      func(ctx context.Context) error
	Proxies    []netip.Prefix // networks of the proxies before this program, whose word about who asks is taken
	MaxUpload  int64          // bytes of one attached file
}

// API answers requests.
type API struct {
	engine *record.Engine
	db     *tenancy.DB
	policy *policy.Engine
	log    *slog.Logger
	jobs   *relay.Desk
	live   *relay.Live
	relay  *relay.Relay
	people People
	door   *people.Door
	sample Sample
	keys   *keys.Service
	press  *paper.Press
	ready  func(ctx context.Context) error
	secure bool
	actors *actors
	limits *limits
	meter  *meter
	router *mux.Router

	billing   *billing.Service
	publicURL string
	proxies   []netip.Prefix
	maxUpload int64

	crossOrigin *http.CrossOriginProtection
}

type handler func(w http.ResponseWriter, r *http.Request) error

// New makes the handler of the whole address space.
func New(cfg Config) *API {
	a := &API{
		engine: cfg.Engine, db: cfg.Engine.DB(), policy: cfg.Policy, log: cfg.Log, jobs: cfg.Jobs, live: cfg.Live, relay: cfg.Relay,
		people: cfg.People, door: cfg.Door, sample: cfg.Sample, press: cfg.Press, keys: cfg.Keys, ready: cfg.Ready,
		actors: newActors(), limits: newLimits(), meter: newMeter(), crossOrigin: http.NewCrossOriginProtection(),
	}
	if cfg.Keys != nil {
		keyMetrics(a.meter.registry, cfg.Keys)
	}
	a.maxUpload = cfg.MaxUpload
	a.billing, a.publicURL, a.proxies = cfg.Billing, strings.TrimSuffix(cfg.PublicURL, "/"), cfg.Proxies
	u, err := url.Parse(cfg.PublicURL)
	if err == nil && u.Host != "" {
		if err := a.crossOrigin.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			a.log.Warn("the public URL is no origin", "error", err)
		}
	}
	a.secure = cfg.Production || err == nil && u.Scheme == "https"
	return a
}

// Handler routes requests; web serves what is not the API.
func (a *API) Handler(web http.Handler) http.Handler {
	m := mux.NewRouter()
	a.router = m
	m.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }).Methods(http.MethodGet)
	m.HandleFunc("/readyz", a.readyz).Methods(http.MethodGet)
	v1 := m.PathPrefix("/api/v1").Subrouter()
	on := func(method, path string, h handler) { v1.Handle(path, a.wrap(h)).Methods(method) }
	a.platform(on)
	const one = "/{id:[0-9a-f]{8}-[0-9a-f-]{27}}"
	bases := []string{"/{module:[a-z_]+}/{collection:[a-z_]+}", "/{collection:[a-z_]+}"}
	for _, base := range bases {
		on(http.MethodGet, base+"/export", a.export)
		on(http.MethodPost, base+"/query", a.query)
		on(http.MethodGet, base+"/totals", a.totals)
		on(http.MethodPost, base+"/import", a.importFile)
		on(http.MethodGet, base+"/import_template", a.importTemplate)
		on(http.MethodGet, base+one, a.get)
		on(http.MethodPatch, base+one, a.patch)
		on(http.MethodDelete, base+one, a.remove)
		on(http.MethodGet, base+one+"/tree", a.tree)
		on(http.MethodGet, base+one+"/history", a.history)
		on(http.MethodGet, base+one+"/content", a.content)
		on(http.MethodGet, base+one+"/related", a.related)
		on(http.MethodGet, base+one+"/pdf", a.pdf)
		on(http.MethodPost, base+one+"/{action:[a-z_]+}", a.act)
	}
	for _, base := range bases { // after all that is more exact
		on(http.MethodGet, base, a.list)
		on(http.MethodPost, base, a.create)
		on(http.MethodPatch, base, a.patchMany)
	}
	v1.NotFoundHandler = a.wrap(func(http.ResponseWriter, *http.Request) error { return notFound() })
	v1.MethodNotAllowedHandler = a.wrap(func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.NotFound, "method.unknown", "此地址不支持该方法", "This address does not take that method")
	})
	if directory, err := a.door.Directory(); err != nil {
		a.log.Error("SCIM is off", "error", err)
	} else {
		m.PathPrefix("/scim/v2/").Handler(a.scim(directory))
	}
	m.PathPrefix("/").Handler(web)
	return a.outer(m)
}

// platform files the routes that are no records.
func (a *API) platform(on func(method, path string, h handler)) {
	a.peoplePaths(on)
	on(http.MethodPost, "/signup", a.signup)
	on(http.MethodPost, "/login", a.login)
	on(http.MethodPost, "/logout", a.logout)
	on(http.MethodGet, "/workspaces", a.workspaces)
	on(http.MethodPost, "/switch", a.switchWorkspace)
	on(http.MethodGet, "/me", a.me)
	on(http.MethodPatch, "/me", a.changeMe)
	on(http.MethodPost, "/me/password", a.changePassword)
	on(http.MethodPost, "/users", a.addUser)
	on(http.MethodPost, "/own_fields", a.addField)
	on(http.MethodGet, "/numbering", a.numbering)
	on(http.MethodPut, "/numbering/{entity}", a.setNumbering)
	on(http.MethodGet, "/modules", a.modules)
	on(http.MethodPut, "/modules", a.switchModules)
	a.paying(on)
	a.operating(on)
	on(http.MethodGet, "/tokens", a.tokens)
	on(http.MethodPost, "/tokens", a.addToken)
	on(http.MethodDelete, "/tokens/{id}", a.dropToken)
	on(http.MethodGet, "/roles", a.roles)
	on(http.MethodPut, "/roles", a.publishRoles)
	a.policyRoutes(on)
	a.proving(on)
	on(http.MethodGet, "/jobs", a.listJobs)
	on(http.MethodGet, "/jobs/{id}", a.getJob)
	on(http.MethodPost, "/jobs/{id}/retry", a.retryJob)
	on(http.MethodPost, "/jobs/{id}/cancel", a.cancelJob)
	on(http.MethodGet, "/events", a.events)
	on(http.MethodGet, "/search", a.search)
	on(http.MethodPost, "/takeover", a.takeover)
	on(http.MethodGet, "/meta", a.meta)
	on(http.MethodGet, "/openapi.json", a.openapi())
	for path := range a.engine.Reports() {
		on(http.MethodGet, "/"+path, a.report)
		on(http.MethodPost, "/"+path, a.report)
	}
}

// proving files the routes of the audit and the keys.
func (a *API) proving(on func(method, path string, h handler)) {
	on(http.MethodGet, "/audit", a.audit)
	on(http.MethodGet, "/audit/chain", a.auditChain)
	on(http.MethodGet, "/audit/export", a.auditExport)
	on(http.MethodGet, "/audit/verify", a.auditVerify)
	on(http.MethodPut, "/audit/retention", a.auditRetention)
	on(http.MethodGet, "/keys", a.keyState)
	on(http.MethodGet, "/keys/health", a.keyHealth)
	on(http.MethodPost, "/keys/rotate", a.rotateKeys)
	on(http.MethodPut, "/keys/vault", a.setVault)
	on(http.MethodPost, "/keys/vault/check", a.checkVault)
	on(http.MethodDelete, "/keys/vault", a.dropVault)
	on(http.MethodGet, "/keys/fields", a.sealedFields)
	on(http.MethodPut, "/keys/fields", a.sealField)
	on(http.MethodGet, "/keys/deletions", a.deletions)
	on(http.MethodPost, "/keys/deletions", a.askDeletion)
	on(http.MethodGet, "/keys/deletions/{id}", a.deletion)
	on(http.MethodPost, "/keys/deletions/{id}/carry_out", a.carryOutDeletion)
	on(http.MethodPost, "/keys/deletions/{id}/withdraw", a.withdrawDeletion)
	on(http.MethodGet, "/keys/closing", a.closing)
	on(http.MethodPost, "/keys/closing/consent", a.agreeToClose)
	on(http.MethodDelete, "/keys/closing/consent", a.disagree)
	on(http.MethodGet, "/certificates/{id}", a.certificate)
}

// Errands are the tasks that people start here.
func (a *API) Errands() map[string]relay.Errand {
	return map[string]relay.Errand{
		"import": a.runImport, importBatches: a.runImportBatches, "takeover": a.runTakeover, sampleTask: a.runSample, "policy": a.runProof, reseal: a.runReseal, markSeal: a.runMark,
	}
}

// wrap turns a handler's error into a problem.
func (a *API) wrap(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), writerKey{}, w))
		if err := h(w, r); err != nil {
			a.problem(w, r, err)
		}
	})
}

// read runs a unit of work that writes nothing, as the caller.
func (a *API) read(r *http.Request, fn func(ctx context.Context, tx *tenancy.Tx) error) error {
	return a.do(r, fn, tenancy.ReadOnly())
}

// write runs a unit of work as the caller, who must show a CSRF token when a browser's cookie speaks.
func (a *API) write(r *http.Request, fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error {
	return a.do(r, fn, opts...)
}

func (a *API) do(r *http.Request, fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error {
	if s := sandboxOf(r.Context()); s != nil {
		return s.do(r.Context(), a, fn)
	}
	who, err := a.caller(r)
	if err != nil {
		return err
	}
	var unit *tenancy.Unit
	err = a.engine.Do(r.Context(), who.tenant, who.actor, func(ctx context.Context, tx *tenancy.Tx) error {
		unit = tx.Unit
		return fn(ctx, tx)
	}, opts...)
	if unit != nil {
		a.meter.statements.WithLabelValues(methodOf(r.Method), areaOf(r.URL.Path)).Observe(float64(unit.Statements()))
	}
	return err
}

// touched lets go of what this process and others remember when people or rights changed.
func (a *API) touched(tx *tenancy.Tx, def *entity.Def, keys ...id.ID) {
	if def.Name != "user" && def.Name != "webhook" {
		return
	}
	if def.Name == "user" && !tx.DryRun {
		t := tx.Tenant.ID
		tx.AfterCommit(func(ctx context.Context) {
			if err := a.db.Unsettle(ctx, t, keys...); err != nil {
				a.log.ErrorContext(ctx, "sessions were not renewed", "tenant", t, "error", err)
			}
		})
	}
	a.bump(tx)
}

func (a *API) bump(tx *tenancy.Tx) {
	t := tx.Tenant
	tx.AfterCommit(func(ctx context.Context) {
		if err := a.db.Bump(ctx, t.ID); err != nil {
			a.log.ErrorContext(ctx, "tenant not refreshed", "tenant", t.ID, "error", err)
		}
	})
}
