package httpapi

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/engine/paper"
	"github.com/tenon-hq/tenon/engine/proof"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	leaksShown = 50
	gapsShown  = 200
)

// Leak is an answer that depends on what the role may not see.
type Leak struct {
	Role   string `json:"role"`
	Path   string `json:"path"`
	Kind   string `json:"kind"` // value: the canary itself; difference: the answer changes with it; allowed: a denied field may be sorted or filtered by
	Entity string `json:"entity,omitempty"`
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail"`
}

// Proof is what the leak prover found for some roles.
type Proof struct {
	Passed   bool        `json:"passed"`
	Roles    []string    `json:"roles"`
	Paths    int         `json:"paths"`    // addresses that were opened, for all roles
	Answered int         `json:"answered"` // of them, those that showed something
	Tried    int         `json:"tried"`    // of them, dry runs of writes
	Heard    int         `json:"heard"`    // of them, what the role was told of acts of others
	Canaries int         `json:"canaries"` // values that were planted
	Leaks    []Leak      `json:"leaks"`
	Unproven []proof.Gap `json:"unproven"` // denied fields in which nothing could be planted
	Unwalked []string    `json:"unwalked"` // routes that were not opened or that failed, with the reason
}

var errUndo = errors.New("the prover leaves nothing behind")

// Prove plants canaries in what each role may not see, opens every address that the router and the descriptions know as that role, in two worlds that
// differ in the canaries only, and tells where an answer gives one away. tell may be nil.
func (a *API) Prove(ctx context.Context, t *tenancy.Tenant, by tenancy.Actor, load func(ctx context.Context, tx *tenancy.Tx) (*policy.Rules, []string, error),
	tell func(done, total int),
) (*Proof, error) {
	out := new(Proof)
	err := a.engine.Do(ctx, t, by, func(ctx context.Context, tx *tenancy.Tx) error {
		*out = Proof{Leaks: []Leak{}, Unproven: []proof.Gap{}, Unwalked: a.unwalked(), Roles: []string{}}
		rules, roles, err := load(ctx, tx)
		if err != nil {
			return err
		}
		people, err := a.people.List(ctx, tx)
		if err != nil {
			return err
		}
		for i, role := range roles {
			p := &prover{api: a, out: out, role: role, tell: func(part, of int) {
				if tell != nil {
					tell(i*1000+part*1000/max(1, of), len(roles)*1000)
				}
			}}
			err := record.Try(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) error {
				return p.run(ctx, tx, rules, people, actorFor(role, people, by))
			})
			if err != nil {
				return err
			}
			out.Roles = append(out.Roles, role)
		}
		return errUndo
	}, tenancy.DryRun(), tenancy.Within(proveWithin))
	if !errors.Is(err, errUndo) {
		return nil, err
	}
	out.Passed = len(out.Leaks) == 0
	out.Leaks, out.Unproven = some(out.Leaks), out.Unproven[:min(len(out.Unproven), gapsShown)]
	return out, nil
}

// some are the first leaks of each place: what is asked for, what is sent, and what is told.
func some(leaks []Leak) []Leak {
	out, seen := []Leak{}, map[string]int{}
	for _, l := range leaks {
		place, _, _ := strings.Cut(l.Path, " ")
		if strings.HasPrefix(place, "/") {
			place = ""
		}
		if seen[place]++; seen[place] <= leaksShown {
			out = append(out, l)
		}
	}
	return out
}

// actorFor is somebody with just this role: a colleague who has it where there is one, so that own records are there to be seen.
func actorFor(role string, people []policy.Person, by tenancy.Actor) tenancy.Actor {
	who := tenancy.Actor{ID: by.ID, Name: by.Name, Roles: []string{role}, Locale: by.Locale}
	for _, p := range people {
		if slices.Contains(p.Roles, role) {
			who.ID, who.Name = p.ID, p.Name
			break
		}
	}
	return who
}

// prover proves one role.
type prover struct {
	api    *API
	out    *Proof
	role   string
	garden *proof.Garden
	box    *sandbox
	heard  []heard
	tell   func(part, of int)
}

func (p *prover) run(ctx context.Context, tx *tenancy.Tx, rules *policy.Rules, people []policy.Person, who tenancy.Actor) error {
	var err error
	if p.garden, err = proof.Survey(ctx, tx, p.api.engine, rules, who); err != nil {
		return err
	}
	p.box = &sandbox{tx: tx, rules: rules, actor: who}
	if err := p.garden.Grow(ctx, tx, 0); err != nil {
		return err
	}
	paths, err := p.paths(ctx, tx)
	if err != nil {
		return err
	}
	first := make([][]byte, len(paths))
	for i, w := range paths {
		if first[i], err = p.open(ctx, w); err != nil {
			return err
		}
		p.tell(i, 2*len(paths))
	}
	p.search(paths, first, 0)
	if err := p.overhear(ctx, tx, people); err != nil {
		return err
	}
	p.listen()
	if err := p.garden.Grow(ctx, tx, 1); err != nil {
		return err
	}
	second := make([][]byte, len(paths))
	var differ []int
	for i, w := range paths {
		if w.once || !bytes.HasPrefix(first[i], []byte("200 ")) { // a refusal shows nothing
			second[i] = first[i]
			continue
		}
		if second[i], err = p.open(ctx, w); err != nil {
			return err
		}
		if !bytes.Equal(bare(first[i]), bare(second[i])) {
			differ = append(differ, i)
		}
		p.tell(len(paths)+i, 2*len(paths))
	}
	p.search(paths, second, 1)
	for _, w := range paths {
		if w.once {
			p.out.Tried++
		}
	}
	p.out.Heard += len(p.heard)
	p.out.Paths += len(paths) + len(p.heard)
	p.out.Canaries += len(p.garden.Canaries)
	p.out.Unproven = append(p.out.Unproven, p.garden.Gaps...)
	return p.confirm(ctx, tx, paths, first, differ)
}

// open asks for one address; a denied field that may be sorted or filtered by is a leak by itself.
func (p *prover) open(ctx context.Context, w walk) ([]byte, error) {
	if w.ask != nil {
		text, err := w.ask()
		if err == nil && text != nil {
			p.out.Answered++
		}
		return text, err
	}
	a, err := p.api.try(ctx, p.box, w)
	if err != nil {
		return nil, err
	}
	if a.status == http.StatusOK {
		p.out.Answered++
		if w.denied != "" {
			p.leak(w.name(), "allowed", w.entity, w.denied, "answered with 200, though the field is denied")
		}
	}
	if failed := fmt.Sprintf("%s: answered with %d", w.name(), a.status); a.status >= http.StatusInternalServerError && !slices.Contains(p.out.Unwalked, failed) {
		p.out.Unwalked = append(p.out.Unwalked, failed)
	}
	return fmt.Appendf(nil, "%d %s", a.status, unpacked(a.body.Bytes())), nil
}

// unpacked is what a workbook holds, what stands on a print, and everything else as it is.
func unpacked(body []byte) []byte {
	if paper.IsPDF(body) {
		return []byte(paper.Text(body))
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return body
	}
	var out bytes.Buffer
	for _, f := range z.File {
		if r, err := f.Open(); err == nil && strings.HasSuffix(f.Name, ".xml") && !strings.HasPrefix(f.Name, "docProps/") {
			_, _ = io.Copy(&out, io.LimitReader(r, 64<<20))
			_ = r.Close()
		}
	}
	return out.Bytes()
}

// search looks for each canary of a world in all answers. A path's own words come back in its errors: those are no leak.
func (p *prover) search(paths []walk, answers [][]byte, world int) {
	for _, c := range p.garden.Canaries {
		if c.Needle[world] == "" {
			continue
		}
		needle := []byte(c.Needle[world])
		for i, text := range answers {
			if at := bytes.Index(text, needle); at >= 0 && !strings.Contains(paths[i].path, c.Needle[world]) {
				p.leak(paths[i].name(), "value", c.Entity, c.Field, around(text, at))
			}
		}
	}
}

// listen looks for the canaries of the first world in what the role was told.
func (p *prover) listen() {
	for _, c := range p.garden.Canaries {
		if c.Needle[0] == "" {
			continue
		}
		for _, h := range p.heard {
			if at := bytes.Index(h.text, []byte(c.Needle[0])); at >= 0 {
				p.leak(h.name, "value", c.Entity, c.Field, around(h.text, at))
			}
		}
	}
}

func (p *prover) leak(path, kind, entity, field, detail string) {
	p.out.Leaks = append(p.out.Leaks, Leak{p.role, path, kind, entity, field, detail})
}

// confirm opens what differed again in both worlds: only what each world answers alike, and the other otherwise, depends on the canaries.
func (p *prover) confirm(ctx context.Context, tx *tenancy.Tx, paths []walk, first [][]byte, differ []int) error {
	if len(differ) == 0 {
		return nil
	}
	if err := p.garden.Grow(ctx, tx, 0); err != nil {
		return err
	}
	var still []int
	for _, i := range differ {
		again, err := p.open(ctx, paths[i])
		if err != nil {
			return err
		}
		if bytes.Equal(bare(again), bare(first[i])) {
			still = append(still, i)
		}
	}
	if err := p.garden.Grow(ctx, tx, 1); err != nil {
		return err
	}
	for _, i := range still {
		again, err := p.open(ctx, paths[i])
		if err != nil {
			return err
		}
		if x, y := bare(first[i]), bare(again); !bytes.Equal(x, y) {
			p.leak(paths[i].name(), "difference", paths[i].entity, "", parting(x, y))
		}
	}
	return nil
}

func around(text []byte, at int) string {
	return "…" + string(text[max(0, at-80):min(len(text), at+40)]) + "…"
}

// parting shows where two answers part.
func parting(x, y []byte) string {
	i := 0
	for i < len(x) && i < len(y) && x[i] == y[i] {
		i++
	}
	from := max(0, i-80)
	return fmt.Sprintf("…%s… or …%s…", x[from:min(len(x), i+40)], y[from:min(len(y), i+40)])
}

// bare leaves out what differs from one answer to the next anyway.
func bare(text []byte) []byte { return passing.ReplaceAll(text, []byte(`"$1":"…"`)) }

// proveNow proves a version and keeps what was found with it. A nil list of roles stands for those whose
// rights it changes, an empty one for all.
func (a *API) proveNow(ctx context.Context, c caller, key id.ID, roles []string, tell func(done, total int)) error {
	var v *policy.Review
	out, err := a.Prove(ctx, c.tenant, c.actor, func(ctx context.Context, tx *tenancy.Tx) (*policy.Rules, []string, error) {
		if err := a.officer(tx); err != nil {
			return nil, nil, err
		}
		var err error
		if v, err = policy.Find(ctx, tx, key); err != nil {
			return nil, nil, err
		}
		rules, err := a.policy.Of(ctx, tx, v, record.Catalog(tx))
		switch {
		case err != nil || len(roles) > 0:
			return rules, roles, err
		case roles != nil:
			return rules, rules.Provable(), nil
		}
		now, err := a.policy.Numbered(ctx, tx, nil)
		if err != nil {
			return nil, nil, err
		}
		return rules, policy.ChangedRoles(a.policy.Compare(record.Catalog(tx), now, rules), rules), nil
	}, tell)
	if err != nil {
		return err
	}
	return a.engine.Do(ctx, c.tenant, c.actor, func(ctx context.Context, tx *tenancy.Tx) error {
		return policy.AddProof(ctx, tx, v, policy.ProofProver, out.Passed, out)
	})
}
