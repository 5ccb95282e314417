package httpapi

import (
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tenon-hq/tenon/entity"
)

// asking writes the list as a question in a body, and the totals of a list.
func (s *spec) asking(x subject, path string) {
	ask := s.operation(x, "query", "查询（条件在请求体中）", "list, with the question in the body")
	ask.RequestBody = jsonBody(inline(object(member{"filter", ref("Filter"), false}, may("q", plain()), may("sort", texts()), may("limit", whole()),
		may("cursor", typed("string", "null")), may("skip", whole()), may("fields", texts()), may("expand", texts()), may("count", yes()))), true)
	s.ok(ask, http.StatusOK, s.pageOf(ref(x.Name)))
	s.add(http.MethodPost, path+"/query", ask)

	totals := s.operation(x, "totals", "分组汇总", "totals by group")
	totals.Description = s.text("筛选条件与列表相同；有币种的金额按币种分别汇总", "Filters are those of the list; amounts in several currencies are added for each currency apart")
	var by, sum []string
	group := typed("object")
	group.Required = []string{"count"}
	group.Properties = openapi3.Schemas{"count": inline(whole())}
	sums := typed("object")
	sums.Properties = openapi3.Schemas{}
	for _, f := range x.Fields {
		if !x.mask.View(f) || !sought(f) {
			continue
		}
		if f.Kind != entity.KindTexts {
			by = append(by, f.Name)
			group.Properties[f.Name] = inline(kind(f.Kind, true))
		}
		if !f.System && (f.Kind == entity.KindInt || f.Kind.Decimal() && f.Kind != entity.KindPercent) {
			sum = append(sum, f.Name)
			sums.Properties[f.Name] = inline(kind(f.Kind, false))
		}
	}
	totals.Parameters = openapi3.Parameters{listed("by", enum(by...)), shared("q"), shared("filter"), shared("limit"), s.anyFilter()}
	if len(sum) > 0 {
		totals.Parameters = append(totals.Parameters, listed("sum", enum(sum...)))
		group.Properties["sums"] = inline(sums)
	}
	s.ok(totals, http.StatusOK, inline(object(must("data", list(inline(group))), must("next_cursor", typed("null")), must("more", yes()))))
	s.add(http.MethodGet, path+"/totals", totals)
}

// filterSchema is a condition, or conditions and groups joined by and or or.
func (s *spec) filterSchema() *openapi3.Schema {
	condition := object(must("field", plain()), may("op", enum("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains", "starts", "null")))
	condition.Properties["value"] = inline(typed("string", "number", "boolean", "array"))
	group := func(word string) *openapi3.SchemaRef {
		nodes := list(ref("Filter"))
		nodes.MinItems = 1
		return inline(object(must(word, nodes)))
	}
	return &openapi3.Schema{
		Description: s.text("分组最多嵌套 3 层，条件与分组合计最多 100 个", "Groups nest at most 3 levels deep; at most 100 conditions and groups"),
		OneOf:       openapi3.SchemaRefs{inline(condition), group("and"), group("or")},
	}
}
