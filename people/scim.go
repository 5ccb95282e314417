package people

import (
	"context"
	"net/http"
	"strings"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const scimPage = 200 // resources in one answer, at most

// directoryKey is where a request carries the company whose directory speaks.
type directoryKey struct{}

// Directory answers SCIM 2.0 (RFC 7643, 7644) for the company that InDirectory named: users and groups, with filters, paging and patches.
func (d *Door) Directory() (http.Handler, error) {
	srv, err := scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{
			MaxResults: scimPage, SupportFiltering: true, SupportPatch: true,
			AuthenticationSchemes: []scim.AuthenticationScheme{{
				Type: scim.AuthenticationTypeOauthBearerToken, Name: "OAuth Bearer Token", Description: "A token of the company with the scope scim", Primary: true,
			}},
		},
		ResourceTypes: []scim.ResourceType{
			{ID: optional.NewString("User"), Name: "User", Endpoint: "/Users", Schema: schema.CoreUserSchema(), Handler: scimUsers{d}},
			{ID: optional.NewString("Group"), Name: "Group", Endpoint: "/Groups", Schema: schema.CoreGroupSchema(), Handler: scimGroups{d}},
		},
	}, scim.WithBaseURL(d.PublicURL+"/scim/v2"))
	return http.StripPrefix("/scim", srv), err
}

// InDirectory lets a request speak for a company's directory.
func InDirectory(r *http.Request, t *tenancy.Tenant) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), directoryKey{}, t))
}

// inCompany runs a unit of work for the directory of a request and turns faults into SCIM's errors.
func (d *Door) inCompany(r *http.Request, fn func(ctx context.Context, tx *tenancy.Tx) error, opts ...tenancy.Option) error {
	t, _ := r.Context().Value(directoryKey{}).(*tenancy.Tenant)
	if t == nil {
		return errors.ScimError{Status: http.StatusUnauthorized, Detail: "no company"}
	}
	return scimError(d.engine.Do(r.Context(), t, tenancy.Actor{System: true, Name: "SCIM", Locale: t.Locale}, fn, opts...))
}

func scimError(err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	detail := f.Text.EN
	for _, x := range f.Fields {
		detail += "; " + x.Path + " " + x.Text.EN
	}
	switch f.Kind {
	case fault.NotFound:
		return errors.ScimError{Status: http.StatusNotFound, Detail: detail}
	case fault.Conflict:
		return errors.ScimError{Status: http.StatusConflict, ScimType: errors.ScimTypeUniqueness, Detail: detail}
	case fault.Forbidden:
		return errors.ScimError{Status: http.StatusForbidden, Detail: detail}
	case fault.Internal, fault.Unavailable:
		return err
	}
	return errors.ScimError{Status: http.StatusBadRequest, ScimType: errors.ScimTypeInvalidValue, Detail: detail}
}

func scimKey(text string) (id.ID, error) {
	key, err := id.Parse(text)
	if err != nil {
		return key, errors.ScimErrorResourceNotFound(text)
	}
	return key, nil
}

// page filters resources and cuts a page out of them.
func page(all []scim.Resource, p scim.ListRequestParams) (scim.Page, error) {
	list := []scim.Resource{}
	for _, x := range all {
		if p.FilterValidator != nil {
			attributes := scim.ResourceAttributes{"id": x.ID}
			for k, v := range x.Attributes {
				attributes[k] = v
			}
			if x.ExternalID.Present() {
				attributes["externalId"] = x.ExternalID.Value()
			}
			if p.FilterValidator.PassesFilter(attributes) != nil {
				continue
			}
		}
		list = append(list, x)
	}
	total := len(list)
	from := min(max(p.StartIndex, 1)-1, total)
	to := min(from+max(0, min(p.Count, scimPage)), total)
	return scim.Page{TotalResults: total, Resources: list[from:to]}, nil
}

// assign applies the operations of a patch to a flat view of a resource: names of attributes in small letters, sub-attributes behind a dot.
func assign(ops []scim.PatchOperation, set func(op, name string, where filter.Expression, value any) error) error {
	for _, op := range ops {
		if op.Path == nil {
			values, ok := op.Value.(map[string]any)
			if !ok {
				return errors.ScimErrorBadRequest("an operation without a path needs an object")
			}
			for k, v := range values {
				if err := set(op.Op, strings.ToLower(k), nil, v); err != nil {
					return err
				}
			}
			continue
		}
		name := strings.ToLower(op.Path.AttributePath.AttributeName)
		if s := op.Path.AttributePath.SubAttributeName(); s != "" {
			name += "." + strings.ToLower(s)
		}
		if s := op.Path.SubAttributeName(); s != "" {
			name += "." + strings.ToLower(s)
		}
		if err := set(op.Op, name, op.Path.ValueExpression, op.Value); err != nil {
			return err
		}
	}
	return nil
}

func textOf(v any) string {
	s, _ := v.(string)
	return strings.TrimSpace(s)
}

// truth reads a boolean; some directories send it as a text.
func truth(v any) (value, ok bool) {
	switch x := v.(type) {
	case bool:
		return x, true
	case string:
		return strings.EqualFold(x, "true"), strings.EqualFold(x, "true") || strings.EqualFold(x, "false")
	}
	return false, false
}
