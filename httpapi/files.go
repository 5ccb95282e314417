package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	maxFormField  = 64 << 10 // of the other members of a form
	maxFormFields = 50
	maxFileName   = 200
)

// sentForm is an upload: its members, and its file in a temporary place, so that a slow client holds no transaction. The file has no name there: it is
// gone with this process, however that ends.
type sentForm struct {
	values map[string]any
	file   *os.File
	record.File
}

// drop removes the temporary file.
func (f *sentForm) drop() {
	if f.file != nil {
		_ = f.file.Close()
	}
}

// isForm tells that a request brings a file with its members.
func isForm(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// readForm reads a multipart form with one file of at most so many bytes.
func readForm(w http.ResponseWriter, r *http.Request, most int64) (*sentForm, error) {
	r.Body = http.MaxBytesReader(w, r.Body, most+maxFormFields*maxFormField)
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, badForm(err)
	}
	f := &sentForm{values: map[string]any{}}
	if err := f.parts(multipart.NewReader(r.Body, params["boundary"]), most); err != nil {
		f.drop()
		return nil, err
	}
	if f.file == nil {
		return nil, fault.New(fault.Invalid, "upload.missing", "没有上传文件", "No file was uploaded").At("file", "required", "必填", "is required")
	}
	return f, nil
}

func badForm(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	return fault.New(fault.Invalid, "form.broken", "表单数据不完整或格式错误", "The form is broken or incomplete").Because(err)
}

func (f *sentForm) parts(in *multipart.Reader, most int64) error {
	for n := 0; ; n++ {
		p, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badForm(err)
		}
		if n > maxFormFields {
			return badForm(errors.New("too many parts"))
		}
		if p.FileName() != "" || p.FormName() == "file" {
			if f.file != nil {
				return fault.New(fault.Invalid, "upload.many", "一次只能上传一个文件", "One file at a time").At("file", "upload.many", "只能一个", "only one")
			}
			if err := f.take(p, most); err != nil {
				return err
			}
			continue
		}
		raw, err := io.ReadAll(io.LimitReader(p, maxFormField+1))
		if err != nil {
			return badForm(err)
		}
		if len(raw) > maxFormField || !sound(p.FormName()) {
			return fault.New(fault.Invalid, "form.field", "表单字段过长", "A member of the form is too long").At(shortName(p.FormName()), "value.length", "过长", "is too long")
		}
		f.values[p.FormName()] = string(raw)
	}
}

// take puts the file into a temporary place, and finds out what it is: by its content, not by what the client says.
func (f *sentForm) take(p *multipart.Part, most int64) error {
	if err := f.keep(p, shortName(p.FileName()), most); err != nil {
		return err
	}
	if f.Size == 0 {
		return fault.New(fault.Invalid, "upload.empty", "文件为空", "The file is empty").At("file", "upload.empty", "为空", "is empty")
	}
	return nil
}

func (f *sentForm) keep(in io.Reader, name string, most int64) error {
	file, err := os.CreateTemp("", "tenon-upload-*")
	if err != nil {
		return err
	}
	f.file, f.Name = file, name
	if err := os.Remove(file.Name()); err != nil { //nolint:gosec // a name that this program made
		return err
	}
	sum := sha256.New()
	if f.Size, err = io.Copy(io.MultiWriter(file, sum), io.LimitReader(in, most+1)); err != nil {
		return badForm(err)
	}
	if f.Size > most {
		return tooLarge(most)
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	f.MediaType, err = sniff(file, f.Name)
	return err
}

func tooLarge(most int64) error {
	return fault.New(fault.Invalid, "upload.size", "文件超过 %d MB", "The file is larger than %d MB", most>>20).At("file", "upload.size", "过大", "is too large")
}

func sniff(file *os.File, name string) (string, error) {
	head := make([]byte, 512)
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	kind := http.DetectContentType(head[:n])
	if kind == "application/zip" { // office documents are zips that only their name tells apart
		switch strings.ToLower(path.Ext(name)) {
		case ".xlsx":
			kind = xlsxMedia
		case ".docx":
			kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		case ".pptx":
			kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
		}
	}
	return kind, nil
}

// shortName is a file's name without folders and characters that no name needs.
func shortName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == unicode.ReplacementChar || strings.ContainsRune("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", c) { // direction marks disguise endings
			return -1
		}
		return c
	}, strings.ToValidUTF8(name, ""))
	if name == "." || name == "/" || strings.TrimSpace(name) == "" {
		return "file"
	}
	for len(name) > maxFileName {
		end := path.Ext(name)
		stem := []rune(strings.TrimSuffix(name, end))
		if len(stem) == 0 || len(end) > 20 {
			return "file"
		}
		name = string(stem[:len(stem)-1]) + end
	}
	return name
}

// addFile makes a record that is a file, from a form with its members and the file.
func (a *API) addFile(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r) // before anything is read
	if err != nil {
		return err
	}
	f, err := readForm(w, r, a.maxUpload)
	if err != nil {
		return err
	}
	defer f.drop()
	if name, _ := f.values["name"].(string); name != "" {
		f.Name = shortName(name)
	}
	f.values["name"] = f.Name
	mark := []byte(f.SHA256)
	for _, k := range []string{"entity", "record_id", "name"} {
		s, _ := f.values[k].(string)
		mark = append(append(mark, 0), s...)
	}
	if err := rewind(f.file); err != nil {
		return err
	}
	shelved, err := a.engine.Shelve(r.Context(), c.tenant, f.file, f.Size)
	if err != nil {
		return err
	}
	attached := false // or may be: whether a commit was done is not always known
	defer func() {
		if !attached {
			_ = a.engine.Unshelve(context.WithoutCancel(r.Context()), shelved) // else it is swept
		}
	}()
	return a.post(w, r, mark, func(ctx context.Context, tx *tenancy.Tx) (out record.Answer, err error) {
		defer func() { attached = err == nil && !tx.DryRun }()
		t, err := a.locate(r, tx)
		if err != nil {
			return record.Answer{}, err
		}
		if t.def.File == nil {
			return record.Answer{}, badJSON(nil)
		}
		keys, err := record.Add(ctx, tx, t.def, []map[string]any{f.values}, func(int) string { return "" })
		if err != nil {
			return record.Answer{}, err
		}
		if err := f.fill(ctx, tx, t.def, keys[0], shelved); err != nil {
			return record.Answer{}, err
		}
		body, err := a.shown(ctx, tx, t.def, keys[0])
		return record.Answer{Status: http.StatusCreated, Location: "/api/v1/" + t.def.Path() + "/" + keys[0].String(), Body: body}, err
	})
}

// fill gives a record its content: what lies on the shelf, or the file itself where there is no shelf.
func (f *sentForm) fill(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, shelved *record.Object) error {
	if shelved != nil {
		return record.Attach(ctx, tx, def, key, f.File, shelved)
	}
	if err := rewind(f.file); err != nil {
		return err
	}
	return record.Fill(ctx, tx, def, key, f.File, f.file)
}

// content answers GET …/{id}/content: the file, in a sandbox. A browser runs nothing of it, and shows it only where that was asked for and is harmless.
func (a *API) content(w http.ResponseWriter, r *http.Request) error {
	var f record.File
	var key id.ID
	err := a.read(r, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := a.locate(r, tx)
		if err != nil {
			return err
		}
		key = t.key
		f, err = record.FileOf(ctx, tx, t.def, t.key)
		return err
	})
	if err != nil {
		return err
	}
	from := &pieces{a: a, r: r, size: f.Size, held: -1}
	if err := from.hold(first(r, f.Size)); err != nil {
		return err
	}
	show := "attachment"
	if r.URL.Query().Get("inline") == "true" && harmless(f.MediaType) {
		show = "inline"
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType(show, map[string]string{"filename": f.Name}))
	h.Set("ETag", `"`+f.SHA256+key.String()[:8]+`"`)
	h.Set("Cache-Control", "private, no-cache")
	http.ServeContent(w, r, "", time.Time{}, from)
	return nil
}

func rewind(f *os.File) error {
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// harmless names the media types that a browser may show inside a page.
func harmless(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	switch kind {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "application/pdf", "text/plain":
		return true
	}
	return false
}
