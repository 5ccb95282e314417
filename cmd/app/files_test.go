package app_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// sendFile sends a form with a file; members come in pairs.
func (p person) sendFile(path, name string, content []byte, members ...string) answer {
	p.t.Helper()
	body, kind := form(p.t, name, content, members...)
	return p.do(http.MethodPost, path, body, "Content-Type", kind)
}

// form is a form with a file, and its media type.
func form(t *testing.T, name string, content []byte, members ...string) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	f := multipart.NewWriter(&b)
	for i := 0; i+1 < len(members); i += 2 {
		if err := f.WriteField(members[i], members[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := f.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), f.FormDataContentType()
}

// Files are what they are, whatever they are called; they lie sealed, and nobody gets one whose record they may not see.
func TestAttachmentsAreSealedSniffedAndSandboxed(t *testing.T) {
	aside(t)
	w := worldWith(t, app.Config{DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), MaxUpload: 5 << 20})
	owner := w.signUp(t, "Files")
	sales, buyer := owner.hire("sally", "sales"), owner.hire("bob", "buyer")
	lead := sales.create("crm/leads", m{"name": "L"})
	content := bytes.Repeat([]byte("CANARY of a file, "), 200_000) // 3.6 MB: four pieces
	a := sales.must(http.StatusCreated, sales.sendFile("/attachments", `C:\tmp\合同.txt`, content, "entity", "crm.lead", "record_id", str(lead, "id")))
	same(t, "the file", a, m{"name": "合同.txt", "size": len(content), "media_type": "text/plain; charset=utf-8", "entity": "crm.lead"})
	path := "/attachments/" + str(a, "id") + "/content"
	got := sales.get(path)
	if got.status != http.StatusOK || got.raw != string(content) {
		t.Fatalf("%d, %d bytes", got.status, len(got.raw))
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": "sandbox", "Content-Disposition": "attachment; filename*=utf-8''", "X-Content-Type-Options": "nosniff", "Content-Type": "text/plain",
	} {
		if !strings.HasPrefix(got.header.Get(name), want) {
			t.Errorf("%s is %q", name, got.header.Get(name))
		}
	}
	for _, x := range []struct {
		ask      string
		from, to int
		opened   int64
	}{{"bytes=1048570-1048589", 1048570, 1048590, 2}, {"bytes=10-19", 10, 20, 1}, {"bytes=-7", len(content) - 7, len(content), 2}, {"bytes=3145728-", 3145728, len(content), 1}} {
		before := w.app.Keys.Figures().Hits
		part := sales.do(http.MethodGet, path, nil, "Range", x.ask)
		if part.status != http.StatusPartialContent || part.raw != string(content[x.from:x.to]) {
			t.Errorf("%s: %d, %d bytes", x.ask, part.status, len(part.raw))
		}
		if n := w.app.Keys.Figures().Hits - before; n > x.opened {
			t.Errorf("%s opened %d pieces, %d hold what was asked for", x.ask, n, x.opened)
		}
	}
	if past := sales.do(http.MethodGet, path, nil, "Range", "bytes=9000000-"); past.status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("past the end: %d", past.status)
	}
	if inline := sales.get(path + "?inline=true").header.Get("Content-Disposition"); !strings.HasPrefix(inline, "inline") {
		t.Errorf("a text shown in the page: %s", inline)
	}
	page := sales.must(http.StatusCreated, sales.sendFile("/attachments", "photo.png", []byte("<html><script>alert(1)</script>"), "entity", "crm.lead", "record_id", str(lead, "id")))
	same(t, "a page that calls itself a picture", page, m{"media_type": "text/html; charset=utf-8"})
	if d := sales.get("/attachments/" + str(page, "id") + "/content?inline=true").header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
		t.Errorf("a page is shown: %s", d)
	}

	// Rights follow the record; another company's file is not there.
	buyer.refused("a lead's file", buyer.get(path), http.StatusNotFound, "record.not_found")
	stranger := w.signUp(t, "Strange")
	stranger.refused("another company's file", stranger.get(path), http.StatusNotFound, "record.not_found")
	buyer.refused("a file on a lead", buyer.sendFile("/attachments", "x", []byte("x"), "entity", "crm.lead", "record_id", str(lead, "id")), http.StatusBadRequest, "fields.invalid")

	// Limits.
	sales.refused("no file", sales.sendFile("/attachments", "x", nil, "entity", "crm.lead", "record_id", str(lead, "id")), http.StatusBadRequest, "upload.empty")
	sales.refused("too large", sales.sendFile("/attachments", "x", make([]byte, 5<<20+1), "entity", "crm.lead", "record_id", str(lead, "id")), http.StatusBadRequest, "upload.size")
	sales.refused("a broken form", sales.do(http.MethodPost, "/attachments", "nonsense", "Content-Type", "multipart/form-data; boundary=b"), http.StatusBadRequest, "upload.missing")
	sales.refused("a form for what is no file", sales.sendFile("/crm/leads", "x", []byte("x"), "name", "n"), http.StatusBadRequest, "json.broken")

	// A file made without content has none; who added it deletes it, with its content.
	empty := sales.create("attachments", m{"entity": "crm.lead", "record_id": lead["id"], "name": "later"})
	sales.refused("nothing in it", sales.get("/attachments/"+str(empty, "id")+"/content"), http.StatusNotFound, "file.empty")
	owner.must(http.StatusOK, owner.do(http.MethodPatch, "/users/"+buyer.id, m{"roles": []string{"sales"}}, "If-Match", `"1"`))
	buyer.refused("another's file", buyer.do(http.MethodDelete, "/attachments/"+str(a, "id"), nil), http.StatusForbidden, "record.not_author")
	sales.must(http.StatusNoContent, sales.do(http.MethodDelete, "/attachments/"+str(a, "id"), nil))
	sales.refused("deleted", sales.get(path), http.StatusNotFound, "record.not_found")
}

// A remark that names people tells them, if they may see what it is about; reading one notification may read all before it.
func TestMentionsTellThoseWhoMaySee(t *testing.T) {
	owner := newWorld(t).signUp(t, "Mentions")
	sales, colleague, buyer := owner.hire("sally", "sales"), owner.hire("sam", "sales"), owner.hire("bob", "buyer")
	lead := sales.create("crm/leads", m{"name": "L"})
	on := m{"entity": "crm.lead", "record_id": lead["id"], "text": "see this", "mentions": []string{colleague.id, colleague.id}}
	c := sales.create("comments", on)
	n := colleague.one("notifications", "")
	same(t, "the notice", n, m{"entity": "crm.lead", "record_id": lead["id"], "text_en": "sally mentioned you in a remark on a Lead", "read_at": nil})
	path := "/comments/" + str(c, "id")
	sales.must(http.StatusOK, sales.do(http.MethodPatch, path, m{"text": "see that"}, "If-Match", `"1"`))
	colleague.one("notifications", "")
	for _, who := range []string{buyer.id, lead["id"].(string), "bob"} {
		on["mentions"] = []string{who}
		sales.refused("naming "+who, sales.post("/comments", on), http.StatusBadRequest, "fields.invalid")
	}
	if len(buyer.list("notifications", "")) != 0 {
		t.Error("the buyer is told of a lead")
	}
	on["mentions"] = []string{colleague.id}
	sales.create("comments", on)
	sales.create("comments", on)
	if n := colleague.must(http.StatusOK, colleague.get("/notifications?read_at[null]=true&count=true"))["total"]; n != 3.0 {
		t.Errorf("%v unread", n)
	}
	newest := colleague.list("notifications", "")[0]
	colleague.act("notifications", str(newest, "id"), "read", m{"all": true})
	if n := len(colleague.list("notifications", "read_at[null]=true")); n != 0 {
		t.Errorf("%d unread after all were read", n)
	}
	colleague.refused("another's remark", colleague.do(http.MethodDelete, path, nil), http.StatusForbidden, "record.not_author")
	sales.must(http.StatusNoContent, sales.do(http.MethodDelete, path, nil))
}

// Views are their maker's; a shared one is seen by all, changed by its maker, and a locked one by nobody.
func TestSavedViewsAreSharedAndLocked(t *testing.T) {
	owner := newWorld(t).signUp(t, "Views")
	sally, sam := owner.hire("sally", "sales"), owner.hire("sam", "sales")
	v := sally.create("saved_views", m{"entity": "sales.order", "name": "Late", "layout": "kanban", "settings": m{"filters": []any{m{"field": "status"}}}})
	path := "/saved_views/" + str(v, "id")
	if len(sam.list("saved_views", "")) != 0 {
		t.Error("a personal view is seen by another")
	}
	sally.must(http.StatusOK, sally.do(http.MethodPatch, path, m{"shared": true}, "If-Match", `"1"`))
	if got := sam.one("saved_views", "entity=sales.order"); got["name"] != "Late" || got["layout"] != "kanban" {
		t.Errorf("the shared view reads %v", got)
	}
	sam.refused("another's view", sam.do(http.MethodPatch, path, m{"name": "Mine"}, "If-Match", `"2"`), http.StatusForbidden, "record.not_owner")
	sam.refused("another's view", sam.do(http.MethodDelete, path, nil), http.StatusForbidden, "record.not_owner")
	sally.must(http.StatusOK, sally.do(http.MethodPatch, path, m{"locked": true}, "If-Match", `"2"`))
	sally.refused("a locked view", sally.do(http.MethodPatch, path, m{"name": "Later"}, "If-Match", `"3"`), http.StatusUnprocessableEntity, "view.locked")
	sally.must(http.StatusOK, sally.do(http.MethodPatch, path, m{"locked": false, "name": "Later"}, "If-Match", `"3"`))
	sally.must(http.StatusNoContent, sally.do(http.MethodDelete, path, nil))
}
