package httpapi

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// docsKept is how many callers' documents are remembered, packed: some 100 kB each.
const docsKept = 128

// docKey names a document: people of one tenant with the same roles and language get the same one.
type docKey struct {
	tenant     id.ID
	generation int64
	roles      string
	operator   bool
	lang       i18n.Lang
}

// openapi answers GET /openapi.json: what the caller's tenant has and the caller may see and do, as OpenAPI 3.1.
func (a *API) openapi() handler {
	docs, err := lru.New[docKey, []byte](docsKept)
	if err != nil {
		panic(err) // the size is a constant
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := a.caller(r)
		if err != nil {
			return err
		}
		lang := languageOf(r)
		tried := sandboxOf(r.Context()) != nil // by other rights than those that hold
		operator := false
		if !tried {
			if operator, err = a.billing.IsOperator(r.Context(), c.Person.ID); err != nil {
				return err
			}
		}
		key := docKey{c.tenant.ID, c.tenant.Generation, rolesText(c.actor.Roles), operator, lang}
		packed, ok := docs.Get(key)
		if !ok || tried {
			err := a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
				packed, err = a.document(ctx, tx, lang, operator)
				return err
			})
			if err != nil {
				return err
			}
			if !tried {
				docs.Add(key, packed)
			}
		}
		return sendPacked(w, r, packed)
	}
}

func rolesText(roles []string) string {
	sorted := slices.Clone(roles)
	slices.Sort(sorted)
	return strings.Join(slices.Compact(sorted), "\x00")
}

// document builds and packs one caller's document.
func (a *API) document(ctx context.Context, tx *tenancy.Tx, lang i18n.Lang, operator bool) ([]byte, error) {
	s := &spec{
		lang: lang, engine: a.engine, catalog: record.Catalog(tx), roles: tx.Actor.Roles,
		on:     func(module string) bool { return module == "" || tx.Tenant.On(module) },
		mask:   func(d *entity.Def) (*policy.Mask, error) { return record.MaskOf(ctx, tx, d) },
		prints: a.press.Prints, operator: operator,
	}
	doc, err := s.build()
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(raw); err != nil {
		return nil, err
	}
	err = z.Close()
	return out.Bytes(), err
}

// sendPacked sends packed JSON as it is to those who take it, unpacked to the others.
func sendPacked(w http.ResponseWriter, r *http.Request, packed []byte) error {
	w.Header().Set("Vary", "Accept-Encoding, Accept-Language")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		return replyRaw(w, http.StatusOK, packed)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	return replyRaw(w, http.StatusOK, raw)
}

// spec writes the document for one caller.
type spec struct {
	lang     i18n.Lang
	engine   *record.Engine
	catalog  *entity.Catalog
	roles    []string
	on       func(module string) bool
	mask     func(*entity.Def) (*policy.Mask, error)
	prints   func(name string) bool
	operator bool // the caller is one of the installation's operators
	doc      *openapi3.T
}

func (s *spec) text(zh, en string) string { return entity.T(zh, en).In(s.lang) }

// build writes all paths that the caller may use, with the schemas that they speak of.
func (s *spec) build() (*openapi3.T, error) {
	s.doc = &openapi3.T{
		OpenAPI: "3.1.0",
		Info:    &openapi3.Info{Title: "Tenon", Version: "1", Description: s.text(aboutZH, aboutEN)},
		Servers: openapi3.Servers{{URL: "/"}},
		Paths:   openapi3.NewPaths(),
		Components: &openapi3.Components{
			Schemas: s.sharedSchemas(), Parameters: s.sharedParameters(), Responses: s.sharedResponses(), SecuritySchemes: s.security(),
		},
		Security: openapi3.SecurityRequirements{{"token": {}}, {"session": {}, "csrf": {}}},
	}
	if err := s.platform(); err != nil {
		return nil, err
	}
	for _, d := range s.catalog.All() {
		if err := s.entity(d); err != nil {
			return nil, err
		}
	}
	if err := s.reports(); err != nil {
		return nil, err
	}
	s.tags()
	return s.doc, nil
}

// visible tells whether the caller may know of an entity, and with which rights.
func (s *spec) visible(d *entity.Def) (*policy.Mask, bool, error) {
	if d == nil || !s.on(s.engine.Owner(d.Name)) {
		return nil, false, nil
	}
	m, err := s.mask(d)
	return m, err == nil && m.Any(), err
}

// tags gives each module's operations a heading.
func (s *spec) tags() {
	for _, m := range s.engine.Modules() {
		if s.on(m.Name) || m.Always {
			s.doc.Tags = append(s.doc.Tags, &openapi3.Tag{Name: m.Name, Description: m.Label.In(s.lang)})
		}
	}
	s.doc.Tags = append(s.doc.Tags, &openapi3.Tag{Name: "platform", Description: s.text("平台", "Platform")})
}

// add files an operation under its path, which starts below /api/v1.
func (s *spec) add(method, path string, op *openapi3.Operation) {
	path = "/api/v1" + path
	item := s.doc.Paths.Value(path)
	if item == nil {
		item = &openapi3.PathItem{}
		s.doc.Paths.Set(path, item)
	}
	op.Responses.Set("default", &openapi3.ResponseRef{Ref: "#/components/responses/Problem"})
	item.SetOperation(method, op)
}

const (
	aboutZH = `凭证：浏览器用会话 Cookie（写操作须带 X-Csrf-Token），程序用 Authorization: Bearer tn_…。金额与数量为字符串，如 "1250.00"；日期 YYYY-MM-DD；时间 RFC 3339 UTC。` +
		`筛选：字段=值，或 字段[运算符]=值，运算符有 ne、gt、gte、lt、lte、in、nin、contains、starts、null；以 and、or 组合的条件见参数 filter。` +
		`无权查看的字段不出现，其名称列在 _denied 中。所有 POST 可带 Idempotency-Key。出错时返回 application/problem+json，` +
		`文字语言由 Accept-Language（zh-CN 或 en）决定。本文档只列出当前用户在当前企业可用的内容。`
	aboutEN = `Credentials: browsers use the session cookie (writes need X-Csrf-Token), programs Authorization: Bearer tn_…. ` +
		`Money and quantities are strings such as "1250.00"; dates are YYYY-MM-DD; times RFC 3339 in UTC. Filters: field=value, or field[operator]=value with the operators ` +
		`ne, gt, gte, lt, lte, in, nin, contains, starts, null; conditions joined by and and or: the parameter filter. ` +
		`A field that the caller may not see is absent and named in _denied. Every POST takes an Idempotency-Key. ` +
		`Errors are application/problem+json in the language of Accept-Language (zh-CN or en). This document lists only what the caller may use in this workspace.`
)
