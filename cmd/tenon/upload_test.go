package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/archive/archivetest"
)

const (
	largeUpload = 150 << 20
	largeMost   = 100 << 20 // of memory that a large file may take on top of what was used before it
)

// TestLargeUploadInLittleMemory sends a file of 150 MB up and down, wherever files lie, and looks at the peak of the process's memory as the system
// counts it.
func TestLargeUploadInLittleMemory(t *testing.T) {
	bin, bucket := binary(t), archivetest.New(t)
	for name, env := range map[string][]string{
		"database": nil,
		"folder":   {"TENON_FILES=" + filepath.Join(t.TempDir(), "files")},
		"s3":       {"TENON_FILES=" + bucket.Address, "TENON_FILES_AWS_ACCESS_KEY_ID=key", "TENON_FILES_AWS_SECRET_ACCESS_KEY=secret"},
	} {
		t.Run(name, func(t *testing.T) { largeFile(t, bin, env) })
	}
}

func largeFile(t *testing.T, bin string, env []string) {
	t.Helper()
	data := t.TempDir()
	if err := os.Chmod(filepath.Dir(data), 0o711); err != nil { // the server's own user passes through
		t.Fatal(err)
	}
	s := &serving{Cmd: exec.CommandContext(context.WithoutCancel(t.Context()), bin, "serve", "--data", data, "--listen", "127.0.0.1:0")}
	s.Env = append(append(os.Environ(), "DATABASE_URL=", "TENON_PRODUCTION=", "GOMEMLIMIT=128MiB"), env...) // as in a small container
	s.launch(t)
	status, in := s.post(t, "/signup", "", `{"company":"Harbour","name":"Hanna","email":"hanna@example.com","password":"correct horse battery","token":true}`)
	if status != http.StatusCreated {
		t.Fatalf("sign-up: %d %v", status, in)
	}
	token, _ := in["token"].(string)
	_, c := s.post(t, "/crm/customers", token, `{"name":"Northwind"}`)
	before := s.peak(t)

	body, kind, size := largeForm(t, fmt.Sprint(c["id"]))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/v1/attachments", body)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", kind)
	res := s.ask(t, token, req)
	answer, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	_, key, _ := strings.Cut(res.Header.Get("Location"), "/attachments/")
	if res.StatusCode != http.StatusCreated || key == "" {
		t.Fatalf("%d %s", res.StatusCode, answer)
	}
	req, err = http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/api/v1/attachments/"+key+"/content", nil)
	if err != nil {
		t.Fatal(err)
	}
	res = s.ask(t, token, req)
	defer res.Body.Close()
	got, want := sha256.New(), sha256.New()
	n, err := io.Copy(got, res.Body)
	if _, e := io.Copy(want, largeContent()); e != nil {
		t.Fatal(e)
	}
	if err != nil || n != largeUpload || !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
		t.Errorf("%d bytes came back, %v", n, err)
	}
	after := s.peak(t)
	t.Logf("the peak of memory: %d MB before, %d MB after", before>>20, after>>20)
	if after-before > largeMost {
		t.Errorf("a file of %d MB took %d MB of memory", largeUpload>>20, (after-before)>>20)
	}
}

// largeContent is the same each time, and nothing repeats in it.
func largeContent() io.Reader { return io.LimitReader(rand.NewChaCha8([32]byte{1}), largeUpload) }

// largeForm is a form with a large file that is made as it is sent.
func largeForm(t *testing.T, customer string) (body io.Reader, kind string, size int64) {
	t.Helper()
	var head bytes.Buffer
	f := multipart.NewWriter(&head)
	for _, m := range [][2]string{{"entity", "crm.customer"}, {"record_id", customer}} {
		if err := f.WriteField(m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.CreateFormFile("file", "large.bin"); err != nil {
		t.Fatal(err)
	}
	begin := bytes.Clone(head.Bytes())
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	end := bytes.Clone(head.Bytes()[len(begin):])
	return io.MultiReader(bytes.NewReader(begin), largeContent(), bytes.NewReader(end)), f.FormDataContentType(), int64(len(begin)+len(end)) + largeUpload
}

func (s *serving) ask(t *testing.T, token string, req *http.Request) *http.Response {
	t.Helper()
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// peak is the most memory that the process has had so far.
func (s *serving) peak(t *testing.T) int64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "VmHWM:")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}
